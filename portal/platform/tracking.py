"""URL parameters that track readers across sites."""

import re

# Scripts use this pattern as well.
TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|piwik_\w+|hsa_\w+|_hs\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|"
    r"li_fat_id|igsh|igshid|mc_cid|mc_eid|mkt_tok|oly_\w+|vero_\w+|wickedid|_ga|_gl|at_\w+|xtor|"
    r"ref_src|ref_url|__hstc|__hssc|__hsfp|hsctatracking|srsltid",
    re.I,
)
