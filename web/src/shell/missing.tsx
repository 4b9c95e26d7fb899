import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/button";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/state";

export function Missing() {
  const { t } = useTranslation();
  return (
    <Page title={t("missing.title")}>
      <Empty title={t("missing.about")} action={<ButtonLink to="/">{t("place.home")}</ButtonLink>} />
    </Page>
  );
}
