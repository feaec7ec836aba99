// A page opened from a folder may not read its neighbours: list what was found without quoting it.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
