"""The types of authorization details (RFC 9396) that may be asked for."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.catalogue.models.details_schema import (
    PLACEHOLDER,
    BrokenSchemaError,
    check_schema,
    first_problem,
    validator_of,
)
from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.directory.level_field import LevelField

TYPE_IDENTIFIER = RegexValidator(
    r"\A[\x21\x23-\x5b\x5d-\x7e]+\Z",
    _("Use printable ASCII characters without spaces, quotation marks and backslashes."),
)


@decides(label="type")
class AuthorizationDetailsType(ConfigurationModel):
    """What one kind of detail may say, how it reads in words, and what tokens made of it are."""

    type = models.CharField(
        _("type"), max_length=200, unique=True, validators=[TYPE_IDENTIFIER],
        help_text=_("A URN or URL that nobody else uses (RFC 9396 §2.1)."),
    )  # fmt: skip
    version = models.PositiveIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=100)
    sentence = models.CharField(
        _("sentence"),
        max_length=500,
        help_text=_(
            "What the application may do, in plain words. Members of the detail are written in "
            "braces: {identifier}."
        ),
    )
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    """For other languages: `{"de": {"title": "…", "sentence": "…"}}`."""
    schema = models.JSONField(
        _("JSON Schema"),
        validators=[check_schema],
        help_text=_("Draft 2020-12; members it does not name are refused."),
    )
    example = models.JSONField(
        _("example"), help_text=_("A detail of this type, for the preview and for developers.")
    )
    resource_server = models.CharField(
        _("resource server"),
        max_length=255,
        blank=True,
        help_text=_("The audience it is for. Empty: those the detail names in its locations."),
    )
    single_use = models.BooleanField(
        _("good for one use"),
        default=False,
        help_text=_("The token is for one audience, lives shortly and cannot be refreshed."),
    )
    token_lifetime = models.PositiveIntegerField(
        _("lifetime of its tokens (seconds)"), default=60, validators=[MinValueValidator(1)]
    )
    approval_lifetime = models.PositiveIntegerField(
        _("how long what was approved may be used (seconds)"),
        default=8 * 3600,
        validators=[MinValueValidator(1)],
        help_text=_(
            "From its first token on, by any number of tokens. What is good for one use ends with "
            "its token."
        ),
    )
    request_lifetime = models.PositiveIntegerField(
        _("how long it may wait for approval (seconds)"),
        default=8 * 3600,
        validators=[MinValueValidator(60)],
    )
    may_be_narrowed = models.BooleanField(
        _("may be narrowed"),
        default=False,
        help_text=_("Token requests may ask for less than was approved (RFC 9396 §6)."),
    )
    minimum_acr = LevelField(_("minimum acr"))
    maximum_age = models.PositiveIntegerField(
        _("oldest sign-in of whoever approves (seconds)"), null=True, blank=True
    )
    needs_signature = models.BooleanField(
        _("a yes is signed with a passkey"),
        default=False,
        help_text=_(
            "Whoever approves signs what was shown with their own key. Nobody goes ahead alone."
        ),
    )
    description = models.TextField(_("description"), blank=True)
    documentation_uri = models.URLField(_("documentation"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["type"]
        verbose_name = _("type of authorization details")
        verbose_name_plural = _("types of authorization details")

    def __str__(self) -> str:
        return self.type

    def clean(self) -> None:
        """Check that schema, example and sentences fit together; raises `ValidationError`."""
        schema = self.schema
        check_schema(schema)
        members = schema["properties"]
        if members.get("type") != {"const": self.type} or "type" not in schema.get("required", []):
            raise ValidationError(
                {"schema": _('It must require the member "type" and fix it: {"const": "<type>"}.')}
            )
        self._check_example()
        texts = [self.sentence, *(text.get("sentence", "") for text in self.translations.values())]
        for name in {name for text in texts for name in PLACEHOLDER.findall(text)} - members.keys():
            raise ValidationError(
                {"sentence": _("The schema has no member {name}.").format(name=name)}
            )

    def _check_example(self) -> None:
        try:
            problem = first_problem(validator_of(self.schema), self.example)
        except BrokenSchemaError as error:
            raise ValidationError({"schema": str(error)}) from error
        if problem is not None:
            raise ValidationError({"example": problem.message})
