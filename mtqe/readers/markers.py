"""Signs in a page's HTML that a program translated it, or may have."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Only the head and the start of the body are looked at, but for what a browser's translator leaves all over.
_HEAD = 200_000

# What translators in a browser and translating proxies leave in the page itself: the text is translated.
_TRANSLATED = {
    "class translated-ltr or translated-rtl of Google Translate": re.compile(
        r"<(?:html|body)\b[^>]{0,2000}\bclass=[\"'][^\"'>]{0,1000}\btranslated-(?:ltr|rtl)\b", re.I
    ),
    "a language tag of Google Translate": re.compile(
        r"<html\b[^>]{0,2000}\blang=[\"']?[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}-x-mtfrom-", re.I
    ),
    "font elements of Google Translate": re.compile(
        r"<font[^>]{0,40}vertical-align: ?inherit;?[\"']>\s*<font[^>]{0,40}vertical-align: ?inherit",
        re.I,
    ),
    "attributes of Microsoft Translator": re.compile(r"<\w+[^>]{0,2000}\s_msttexthash=[\"']\d", re.I),
    "an address of Google's translating proxy": re.compile(
        r"<(?:base|link|meta)\b[^>]{0,500}https?://[\w-]+\.translate\.goog/", re.I
    ),
}

# Plug-ins that name the language that a site is written in: another one is their translation.
_ORIGINAL = {
    "GTranslate": re.compile(
        r"gtranslateSettings[^<]{0,2000}?[\"']?default_language[\"']?\s*:\s*[\"']([\w-]{2,10})", re.S
    ),
    "Weglot": re.compile(
        r"id=[\"']weglot-data[\"'][^>]{0,200}>[^<]{0,20000}?[\"']language_from[\"']\s*:\s*[\"']([\w-]{2,10})",
        re.S,
    ),
}

# Plug-ins that may show a page in the language that it was written in, too; those of WPML and
# Polylang may have been translated by people.
_PLUGINS = {
    "GTranslate": re.compile(r"(?:cdn\.gtranslate\.net|gtranslate_wrapper|gtranslateSettings)", re.I),
    "Weglot": re.compile(r"(?:cdn\.weglot\.com|id=[\"']weglot-data)", re.I),
    "TranslatePress": re.compile(
        r"class=[\"'][^\"'>]{0,2000}\btranslatepress-[a-z]{2}|/plugins/translatepress-", re.I
    ),
    "WPML": re.compile(r"content=[\"']WPML ver:|/plugins/sitepress-multilingual-cms/", re.I),
    "Polylang": re.compile(r"/plugins/polylang", re.I),
    "ConveyThis": re.compile(r"cdn\.conveythis\.com|/plugins/conveythis", re.I),
    "Linguise": re.compile(r"/plugins/linguise|static\.linguise\.com", re.I),
    "Google's website translator": re.compile(
        r"translate\.google\.com/translate_a/element\.js|google_translate_element", re.I
    ),
}
_LANG = re.compile(r"<html\b[^>]{0,2000}?\blang=[\"']?([\w-]{2,20})", re.I)
_ALTERNATE = re.compile(r"<link\b[^>]{0,500}?\bhreflang=[\"']?([\w-]{2,20})", re.I)


def translation_markers(page: str) -> list[str]:
    """What a page's HTML shows of a translation by program, in words.

    ``translated: ...`` says that this page is one; ``plug-in: ...`` that the site has a means to it;
    ``hreflang: ...`` that the page is there in other languages. The last two are true of many pages
    that people wrote.
    """
    return [*_signs(page), *_plugins(page[:_HEAD])]


def _signs(page: str) -> Iterator[str]:
    for name, pattern in _TRANSLATED.items():
        if pattern.search(page):
            yield f"translated: {name}"
    head = page[:_HEAD]
    shown = _LANG.search(head)
    for name, pattern in _ORIGINAL.items():
        original = pattern.search(head)
        if original and shown and _base(original[1]) != _base(shown[1]):
            yield f"translated: by {name} from {original[1]} into {shown[1]}"


def _plugins(head: str) -> Iterator[str]:
    for name, pattern in _PLUGINS.items():
        if pattern.search(head):
            yield f"plug-in: {name}"
    languages = sorted({tag.lower() for tag in _ALTERNATE.findall(head)} - {"x-default"})
    if len(languages) > 1:
        yield f"hreflang: {len(languages)} languages"


def _base(tag: str) -> str:
    return re.split("[-_]", tag.lower())[0]
