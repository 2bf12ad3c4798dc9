"""One HTML page that explains an answer: from the pixels to the probability."""

from tinycnn.page.html import document, show

__all__ = ["document", "show"]
