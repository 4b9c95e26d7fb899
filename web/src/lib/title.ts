// The title of the window: the page, and before it how many results wait to be looked at.
let page = "dursor";
let waiting = 0;

const write = () => {
  document.title = waiting ? `(${waiting}) ${page}` : page;
};

export function setPageTitle(title: string) {
  page = `${title} · dursor`;
  write();
}

export function setWaiting(count: number) {
  waiting = count;
  write();
}
