import { QueryClientProvider } from "@tanstack/react-query";
import { Component, Suspense, lazy, type ReactNode } from "react";
import { Route, BrowserRouter, Routes } from "react-router";
import { queryClient } from "./api/queries";
import { pages } from "./routes";
import { Missing } from "./shell/missing";
import { Shell } from "./shell/shell";
import { Fault, Loading } from "./ui/state";
import { TipProvider } from "./ui/tip";

const drawn = pages.map(({ path, load }) => ({ path, Content: lazy(load) }));

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

export const App = () => (
  <QueryClientProvider client={queryClient}>
    <TipProvider>
      <BrowserRouter>
        <Suspense fallback={null}>
          <Routes>
            <Route element={<Shell />}>
              {drawn.map(({ path, Content }) => <Route key={path} path={path} element={framed(<Content key={path} />)} />)}
              <Route path="*" element={<Missing />} />
            </Route>
          </Routes>
        </Suspense>
      </BrowserRouter>
    </TipProvider>
  </QueryClientProvider>
);
