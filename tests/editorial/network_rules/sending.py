"""What a browser sends of a form as it is shown."""

from bs4 import BeautifulSoup

RULES = "/admin/office/rules/"


def data_of(client, address: str = RULES) -> dict[str, str]:
    html = BeautifulSoup(client.get(address).content, "html.parser")
    sent = {}
    for field in html.select("main form[method=post] :is(input, select, textarea)[name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            sent[field["name"]] = chosen["value"]
        elif field.get("type") == "checkbox":
            sent |= {field["name"]: field.get("value", "on")} if field.has_attr("checked") else {}
        else:
            sent[field["name"]] = field.get("value", "") if field.name == "input" else field.get_text().lstrip("\n")
    return sent
