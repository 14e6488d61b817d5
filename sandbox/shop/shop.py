"""The shop, the app and the versions, as queries see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import answers, resolves
from sandbox.shop.versions import VERSIONS, title
from sandbox.state.gids import gid


@resolves("QueryRoot", "publicApiVersions")
def versions(*_: Any) -> list[dict[str, Any]]:
    return [
        {"handle": version, "displayName": title(version), "supported": version < VERSIONS[-1]} for version in VERSIONS
    ]


@resolves("QueryRoot", "currentAppInstallation")
def installation(_: Any, info: Info) -> Any:
    return info.context.store.installation


@resolves("AppInstallation", "accessScopes")
def scopes(_: Any, info: Info) -> list[dict[str, Any]]:
    return [{"handle": one, "description": one.replace("_", " ")} for one in sorted(info.context.scopes)]


@resolves("AppInstallation", "app")
def app(_: Any, info: Info) -> dict[str, Any]:
    return {"id": gid("App", 1), "title": "Sandbox", "handle": "sandbox", "apiKey": info.context.app}


@resolves("AppInstallation", "launchUrl")
def launch_url(_: Any, info: Info) -> str:
    return f"https://{info.context.store.domain}/admin/apps/sandbox"


@resolves("QueryRoot", "shop")
@resolves("ProductCreatePayload", "shop")
@resolves("ProductDeletePayload", "shop")
def shop(_: Any, info: Info) -> Any:
    return info.context.store


answers(
    "Shop",
    id=gid("Shop", 1),
    unitSystem="METRIC_SYSTEM",
    weightUnit="KILOGRAMS",
    orderNumberFormatPrefix="#",
    plan={"displayName": "Basic", "publicDisplayName": "Basic", "shopifyPlus": False},
    resourceLimits={
        "locationLimit": 200,
        "maxProductOptions": 3,
        "maxProductVariants": 2048,
        "redirectLimitReached": False,
    },
)


@resolves("Shop", "ianaTimezone")
def zone(store: Any, _: Info) -> str:
    return str(store.zone)


@resolves("Shop", "timezoneAbbreviation", "timezoneOffset")
def zone_now(store: Any, info: Info) -> str:
    """`EST` and `-0500`; in summer `EDT` and `-0400`."""
    return _here(store).strftime("%Z" if info.field_name == "timezoneAbbreviation" else "%z")


@resolves("Shop", "timezoneOffsetMinutes")
def zone_minutes(store: Any, _: Info) -> int:
    return int((_here(store).utcoffset() or timedelta()).total_seconds() // 60)


def _here(store: Any) -> datetime:
    return datetime.fromtimestamp(store.now(), store.zone)


@resolves("Shop", "myshopifyDomain")
def domain(store: Any, _: Info) -> str:
    return str(store.domain)


@resolves("Shop", "currencyCode")
def currency(store: Any, _: Info) -> str:
    return str(store.currency)


@resolves("Shop", "enabledPresentmentCurrencies")
def currencies(store: Any, _: Info) -> list[str]:
    return [store.currency]


@resolves("Shop", "email", "contactEmail")
def email(store: Any, _: Info) -> str:
    return f"owner@{store.domain}"


@resolves("Shop", "url", "storefrontUrl")
def url(store: Any, _: Info) -> str:
    return f"https://{store.domain}"


@resolves("Shop", "updatedAt")
def updated_at(store: Any, _: Info) -> float:
    return float(store.created_at)


@resolves("Shop", "primaryDomain")
def primary_domain(store: Any, _: Info) -> dict[str, Any]:
    return {"id": gid("Domain", 1), "host": store.domain, "sslEnabled": True, "url": f"https://{store.domain}"}
