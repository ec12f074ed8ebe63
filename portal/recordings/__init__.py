"""Audio and video of our own, as pure functions: types of files, captions (WebVTT), times and lengths."""
