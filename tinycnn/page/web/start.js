"use strict";

// A page of explanations alone starts with them; the report starts them when one is opened.
page.start(JSON.parse(document.getElementById("data").textContent));
