"use strict";

// A page that holds explanations only begins with them; another calls this when asked to.
page.start(JSON.parse(document.getElementById("data").textContent));
