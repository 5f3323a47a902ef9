"""`/house/…`: the logo and the colours of the house, for every browser, under what they are."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from foundation.base.house.in_use import HouseInUse, house, look_for_newer_house
from foundation.base.house.stylesheet import stylesheet
from idp.web.documents import METHODS

FOR_GOOD = "public, max-age=31536000, immutable"
INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For whoever opens a drawing by itself: nothing runs, nothing is fetched, and it is of no site."""


def house_files(request: HttpRequest) -> HttpResponse:
    """Answer with a picture or the style sheet; 404 for what no page of now refers to."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    answer = _answer(house(), request.path_info)
    if answer is None:
        # A page that was made in another process a moment ago may know a newer house.
        look_for_newer_house()
        answer = _answer(house(), request.path_info)
    if answer is None:
        return JsonResponse({"error": "not_found"}, status=404)
    answer["Cache-Control"] = FOR_GOOD
    answer["Content-Security-Policy"] = INERT
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _answer(now: HouseInUse, path: str) -> HttpResponse | None:
    if now.has_colours and path == now.stylesheet_path:
        sheet = stylesheet(now.accent_light, now.accent_dark)
        return HttpResponse(sheet, content_type="text/css; charset=utf-8")
    for picture in (now.logo_light, now.logo_dark):
        if picture is not None and path == picture.path:
            return HttpResponse(picture.content, content_type=picture.media_type)
    return None
