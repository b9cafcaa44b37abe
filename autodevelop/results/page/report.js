'use strict';
(() => {
  const form = document.querySelector('.filter');
  if (form) {
    const STEP = 200;
    const NAMES = {f: 'failed', p: 'passed', s: 'skipped'};
    const data = JSON.parse(document.getElementById('all-tests').textContent);
    const body = document.querySelector('.tests tbody');
    const more = document.querySelector('.more');
    const fields = form.elements;
    let found = data.tests;
    let shown = body.rows.length;

    // As text, never as HTML: a name may be anything.
    const add = (row, kind, text, name) => {
      const part = document.createElement(kind);
      const inner = kind === 'th' || name === 'cell' ? document.createElement('bdi') : part;
      inner.textContent = text;
      if (kind === 'th') {
        const link = document.createElement('a');
        link.href = `#test=${encodeURIComponent(text)}`;
        link.append(inner);
        part.append(link);
      } else if (inner !== part) part.append(inner);
      if (kind === 'th') part.scope = 'row';
      else if (name !== 'cell') part.className = name;
      row.append(part);
    };
    const draw = (from, to) => {
      const rows = document.createDocumentFragment();
      for (const [name, outcome, seconds, cell, cells] of found.slice(from, to)) {
        const row = document.createElement('tr');
        const said = NAMES[outcome[0]];
        add(row, 'th', name);
        add(row, 'td', said + (outcome.includes('k') ? ', flaky' : '')
          + (outcome.includes('n') ? ', new' : ''), said);
        add(row, 'td', seconds.toFixed(2), 'number');
        add(row, 'td', data.cells[cell][0].slice(0, 80), 'cell');
        add(row, 'td', cells, 'number');
        rows.append(row);
      }
      body.append(rows);
      shown = Math.min(to, found.length);
      more.hidden = shown === found.length;
      fields.shown.value = `${shown.toLocaleString('en')} of ${found.length.toLocaleString('en')}`;
    };
    const filter = () => {
      const text = fields.text.value.toLowerCase();
      const outcome = fields.outcome.value;
      found = data.tests.filter((test) => test[1].includes(outcome)
        && test[0].toLowerCase().includes(text));
      if (fields.order.value) {
        found.sort((one, other) => (one[0] < other[0] ? -1 : 1));
      }
      body.replaceChildren();
      draw(0, STEP);
    };
    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    more.addEventListener('click', () => {
      const next = shown;
      draw(shown, shown + STEP);
      body.rows[next].tabIndex = -1;
      body.rows[next].focus();
    });
    more.hidden = shown === found.length;
    // A link to a test shows it alone, wherever it is in the order.
    const one = () => {
      if (!location.hash.startsWith('#test=')) return;
      form.reset();
      fields.text.value = decodeURIComponent(location.hash.slice(6));
      filter();
      form.parentElement.scrollIntoView();
    };
    addEventListener('hashchange', one);
    one();
  }

  // A link to something folded opens it; so does printing.
  const open = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.tagName === 'DETAILS') at.open = true;
    }
  };
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) { open(target); target.scrollIntoView({block: 'nearest'}); }
  };
  addEventListener('hashchange', follow);
  addEventListener('beforeprint', () => {
    document.querySelectorAll('.failure').forEach((each) => { each.open = true; });
  });
  if (location.hash) follow();
})();
