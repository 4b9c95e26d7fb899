import { LogOut } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { signOut } from "@/api/client";
import { Button } from "@/ui/button";
import { Page } from "@/ui/page";
import { Tabs } from "@/ui/tabs";
import { About, Storage } from "./about";
import { Agents } from "./agents";
import { Defaults } from "./defaults";
import { Github } from "./github";
import { Models } from "./models";

const sections = { models: Models, github: Github, defaults: Defaults, agents: Agents, storage: Storage, about: About };

export default function SettingsPage() {
  const { t } = useTranslation("settings");
  const { section = "models" } = useParams();
  const navigate = useNavigate();
  return (
    <Page title={t("common:place.settings")} actions={<Button onClick={() => void signOut()}><LogOut className="size-4" aria-hidden />{t("sign_out")}</Button>}>
      <Tabs
        label={t("common:place.settings")}
        value={section in sections ? section : "models"}
        onChange={(value) => void navigate(`/settings/${value}`)}
        tabs={Object.entries(sections).map(([value, Part]) => ({ value, name: t(value), content: <Part /> }))}
      />
    </Page>
  );
}
