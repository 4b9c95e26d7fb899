import { QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { Component, Suspense, lazy, type ComponentType, type ReactNode } from "react";
import { Route, BrowserRouter, Routes } from "react-router";
import { queryClient } from "./api/queries";
import { pages } from "./routes";
import { Missing } from "./shell/missing";
import { Shell } from "./shell/shell";
import { Fault, Loading } from "./ui/state";
import { TipProvider } from "./ui/tip";

interface Drawn {
  path: string;
  Content: ComponentType;
}

const drawn: Drawn[] = pages.map(({ path, texts, load }) => ({ path, Content: lazy(() => Promise.all([load(), i18next.loadNamespaces(texts)]).then(([page]) => page)) }));

/** A fault in drawing one page leaves the others usable. */
class Guard extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className="p-6">
        <Fault error={this.state.error} onRetry={() => location.reload()} />
      </div>
    );
  }
}

const framed = (content: ReactNode) => (
  <Guard>
    <Suspense fallback={<Loading className="p-6" />}>{content}</Suspense>
  </Guard>
);

/** opened: the page that is here already. */
export const App = ({ opened }: { opened?: Drawn | undefined }) => (
  <QueryClientProvider client={queryClient}>
    <TipProvider>
      <BrowserRouter>
        <Suspense fallback={null}>
          <Routes>
            <Route element={<Shell />}>
              {drawn.map((one) => (one.path === opened?.path ? opened : one)).map(({ path, Content }) => <Route key={path} path={path} element={framed(<Content key={path} />)} />)}
              <Route path="*" element={<Missing />} />
            </Route>
          </Routes>
        </Suspense>
      </BrowserRouter>
    </TipProvider>
  </QueryClientProvider>
);
