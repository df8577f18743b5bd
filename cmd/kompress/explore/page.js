'use strict';
(function () {
  const make = (tag, props, ...children) => {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...children);
    return e;
  };

  // Each part has pictures that stand still, for those without scripts and for paper. A
  // part is marked as live once it was built: only then they are hidden.
  const live = (part) => part.classList.add('live');

  // Before and after, one over the other.
  for (const pair of document.querySelectorAll('[data-pair]')) {
    const [before, after] = pair.querySelectorAll('img');
    const captions = [...pair.querySelectorAll('figcaption')].map((c) => c.textContent);
    const box = make('div', { className: 'compare' }, before.cloneNode(), after.cloneNode());
    const range = make('input', { type: 'range', min: 0, max: 100, step: 0.5, value: 50 });
    range.setAttribute('aria-label', 'Where before ends and after begins');
    const show = () => box.style.setProperty('--at', range.value + '%');
    range.addEventListener('input', show);
    box.addEventListener('pointerdown', (e) => e.preventDefault());
    box.addEventListener('pointermove', (e) => {
      if (e.buttons !== 1 && e.pointerType === 'mouse') return;
      const r = box.getBoundingClientRect();
      range.value = 100 * (e.clientX - r.left) / r.width;
      show();
    });
    box.style.touchAction = 'pan-y';
    box.style.width = before.style.width || before.getAttribute('width') + 'px';
    for (const m of box.children) m.style.width = '';
    const slider = make('div', { className: 'slider' }, box, make('div', { className: 'ends' }, make('span', { textContent: captions[0] }), make('span', { textContent: captions[1] })), range);
    slider.style.maxWidth = 'max(280px, ' + box.style.width + ')';
    const button = make('button', { type: 'button', textContent: 'Side by side' });
    const toggle = (side) => {
      button.setAttribute('aria-pressed', side);
      pair.classList.toggle('slid', !side);
      slider.hidden = side;
    };
    button.addEventListener('click', () => toggle(button.getAttribute('aria-pressed') !== 'true'));
    pair.prepend(slider);
    pair.before(make('div', { className: 'controls' }, button));
    show();
    toggle(false);
    live(pair);
  }

  // One image for each k, and a slider.
  for (const previews of document.querySelectorAll('[data-previews]')) {
    const figures = [...previews.querySelectorAll('figure')];
    if (figures.length === 0) continue;
    const image = make('img', {});
    const text = make('p', {});
    text.setAttribute('aria-live', 'polite');
    const range = make('input', { type: 'range', min: 0, max: figures.length - 1, step: 1, value: previews.dataset.start });
    range.setAttribute('aria-label', 'k');
    const show = () => {
      const from = figures[range.value].querySelector('img');
      for (const name of ['src', 'width', 'height', 'alt', 'style', 'class']) image.setAttribute(name, from.getAttribute(name) || '');
      text.textContent = figures[range.value].querySelector('figcaption').textContent;
      range.setAttribute('aria-valuetext', text.textContent);
    };
    range.addEventListener('input', show);
    previews.querySelector('h4').after(make('div', { className: 'preview' }, make('figure', {}, image), text, range));
    if (figures.length === 1) range.hidden = true;
    show();
    live(previews);
  }

  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const reach = 0.9;

  // The cube of red, green and blue. It is drawn as the pictures of it are, in cube.go.
  function turner({ yaw, pitch }) {
    const sy = Math.sin(yaw), cy = Math.cos(yaw), sp = Math.sin(pitch), cp = Math.cos(pitch);
    return (r, g, b) => {
      r = r / 255 - 0.5; g = g / 255 - 0.5; b = b / 255 - 0.5;
      const z = b * cy - r * sy;
      return [r * cy + b * sy, g * cp - z * sp, z * cp + g * sp];
    };
  }

  const little = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  const pack = (r, g, b) => little ? (0xff000000 | b << 16 | g << 8 | r) >>> 0 : (r << 24 | g << 16 | b << 8 | 255) >>> 0;
  const white = pack(255, 255, 255), black = pack(0, 0, 0);

  // A view is one cube on a canvas; null where there are none. Its buffers take some
  // megabytes: it has them only from draw to drop.
  function view(points, balls, after, angles) {
    const canvas = make('canvas', { tabIndex: 0, width: 0, height: 0 });
    // As a picture, screen readers would keep its keys to themselves.
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-roledescription', 'cube to turn');
    canvas.setAttribute('aria-label', 'The colors as points in a cube of red, green and blue, ' + (after ? 'in those of their clusters, with the palette as spheres' : 'as they are') + '. Drag it or use the arrow keys to turn it.');
    const layer = make('canvas', { width: 0, height: 0 });
    const ctx = canvas.getContext('2d'), lctx = layer.getContext('2d');
    if (!ctx || !lctx) return null;
    const few = 1 + 2 * Math.max(0, 1 - Math.log10(points.length / 5 + 1) / 4);
    let side = 0, data, colors, depth, turn;

    function resize() {
      const want = Math.round(canvas.clientWidth * Math.min(devicePixelRatio || 1, 2));
      if (want === 0) drop(); // it is the one of the two that is not shown
      if (want === side) return want > 0;
      side = canvas.width = canvas.height = layer.width = layer.height = want;
      data = lctx.createImageData(side, side);
      colors = new Uint32Array(data.data.buffer);
      depth = new Float32Array(side * side);
      return true;
    }
    function drop() {
      side = canvas.width = canvas.height = layer.width = layer.height = 0;
      data = colors = depth = null;
    }
    function ball(at, radius, color, round) {
      const scale = side / (2 * reach), u = (at[0] + reach) * scale, v = (reach - at[1]) * scale;
      const unit = side / canvas.clientWidth;
      for (let j = Math.max(0, Math.floor(v - radius)); j <= Math.min(side - 1, v + radius); j++) {
        for (let i = Math.max(0, Math.floor(u - radius)); i <= Math.min(side - 1, u + radius); i++) {
          const dx = i + 0.5 - u, dy = j + 0.5 - v, d = (dx * dx + dy * dy) / (radius * radius);
          if (d > 1) continue;
          const z = round ? at[2] - Math.sqrt(1 - d) * radius / scale : at[2], place = j * side + i;
          if (z >= depth[place]) continue;
          depth[place] = z;
          const r = Math.sqrt(d) * radius;
          colors[place] = !round ? color : r > radius - unit ? white : r > radius - 2 * unit ? black : color;
        }
      }
    }
    function draw() {
      if (!resize()) return;
      turn = turner(angles);
      colors.fill(0);
      depth.fill(Infinity);
      const unit = side / 384;
      for (let i = 0; i < points.length; i += 5) {
        const e = 4 * points[i + 4];
        const color = after ? pack(balls[e], balls[e + 1], balls[e + 2]) : pack(points[i], points[i + 1], points[i + 2]);
        ball(turn(points[i], points[i + 1], points[i + 2]), (0.6 + 1.4 * points[i + 3] / 255) * few * unit, color, false);
      }
      depth.fill(Infinity);
      for (let i = 0; after && i < balls.length; i += 4) {
        if (balls[i + 3]) ball(turn(balls[i], balls[i + 1], balls[i + 2]), balls[i + 3] / 10 * unit, pack(balls[i], balls[i + 1], balls[i + 2]), true);
      }
      lctx.putImageData(data, 0, 0);
      frame();
    }
    function frame() {
      const css = getComputedStyle(document.documentElement);
      const corners = [...Array(8).keys()].map((i) => turn((i & 1) * 255, (i >> 1 & 1) * 255, (i >> 2) * 255));
      const back = corners.reduce((b, c, i) => c[2] > corners[b][2] ? i : b, 0);
      const x = (c) => (c[0] + reach) * side / (2 * reach), y = (c) => (reach - c[1]) * side / (2 * reach);
      const dpr = side / canvas.clientWidth;
      const edges = (behind) => {
        ctx.beginPath();
        for (let a = 0; a < 8; a++) {
          for (const bit of [1, 2, 4]) {
            if (a & bit || behind !== (a === back || (a | bit) === back)) continue;
            ctx.moveTo(x(corners[a]), y(corners[a]));
            ctx.lineTo(x(corners[a | bit]), y(corners[a | bit]));
          }
        }
        ctx.strokeStyle = css.getPropertyValue('--muted');
        ctx.lineWidth = dpr;
        ctx.stroke();
      };
      ctx.clearRect(0, 0, side, side);
      edges(true);
      ctx.drawImage(layer, 0, 0);
      edges(false);
      ctx.font = 13 * dpr + 'px "Liberation Sans", Arial, sans-serif';
      ctx.fillStyle = css.getPropertyValue('--ink');
      ctx.strokeStyle = css.getPropertyValue('--ground');
      ctx.lineWidth = 3 * dpr;
      ctx.lineJoin = 'round';
      for (const [i, name] of [[0, 'black'], [1, 'red'], [2, 'green'], [4, 'blue'], [7, 'white']]) {
        const w = ctx.measureText(name).width, c = corners[i];
        const left = Math.min(Math.max(0, x(c) - w / 2 + (x(c) < side / 2 ? -w / 2 : w / 2)), side - w);
        ctx.strokeText(name, left, y(c) + (c[1] < 0 ? 15 : -5) * dpr);
        ctx.fillText(name, left, y(c) + (c[1] < 0 ? 15 : -5) * dpr);
      }
    }
    return { canvas, draw, drop };
  }

  // The two of an image turn together; a narrow page shows one.
  function cube(root) {
    const points = bytesOf(root.dataset.points), balls = bytesOf(root.dataset.balls);
    const angles = { yaw: -0.6, pitch: 0.42 };
    const views = [view(points, balls, false, angles), view(points, balls, true, angles)];
    if (views.includes(null)) return;
    const box = make('div', { className: 'turned' });
    let turning = !calm.matches, seen = false, held = null, last = 0, asked = false;

    function tick(now) {
      asked = false;
      if (!seen) return;
      if (turning && !held) angles.yaw += Math.min(50, now - last) * 0.0003;
      last = now;
      for (const v of views) v.draw();
      box.dataset.yaw = angles.yaw.toFixed(4);
      box.dataset.pitch = angles.pitch.toFixed(4);
      if (turning) ask();
    }
    function ask() {
      if (!seen || asked) return;
      asked = true;
      requestAnimationFrame(tick);
    }
    function look(entries) {
      seen = entries[entries.length - 1].isIntersecting;
      if (seen) ask();
      else for (const v of views) v.drop();
    }
    function move(dx, dy) {
      angles.yaw += dx;
      angles.pitch = Math.min(1.5, Math.max(-1.5, angles.pitch + dy));
      ask();
    }
    // Browsers do not agree on the unit of movementX, nor on whether touches have it.
    function drag(c) {
      c.addEventListener('pointerdown', (e) => {
        if (e.button !== 0 || held) return;
        held = { id: e.pointerId, x: e.clientX, y: e.clientY };
        c.setPointerCapture(e.pointerId);
      });
      c.addEventListener('pointermove', (e) => {
        if (!held || e.pointerId !== held.id) return;
        move((e.clientX - held.x) * 0.01, (e.clientY - held.y) * 0.01);
        held.x = e.clientX;
        held.y = e.clientY;
      });
      for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
        c.addEventListener(end, (e) => { if (held && e.pointerId === held.id) held = null; });
      }
    }
    const button = (text, className, press) => {
      const b = make('button', { type: 'button', textContent: text, className });
      b.addEventListener('click', () => { press(); state(); });
      return b;
    };
    const beforeButton = button('Before', 'which', () => { box.dataset.shown = 'before'; });
    const afterButton = button('After', 'which', () => { box.dataset.shown = 'after'; });
    const turnButton = button('Turn', '', () => { turning = !turning; });
    function state() {
      beforeButton.setAttribute('aria-pressed', box.dataset.shown === 'before');
      afterButton.setAttribute('aria-pressed', box.dataset.shown === 'after');
      turnButton.setAttribute('aria-pressed', turning);
      ask();
    }
    const steps = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
    for (const [i, v] of views.entries()) {
      const c = v.canvas;
      drag(c);
      c.addEventListener('keydown', (e) => {
        if (!steps[e.key]) return;
        e.preventDefault();
        turning = false;
        move(...steps[e.key]);
        state();
      });
      box.append(make('figure', {}, make('h4', { textContent: 'Color cube, ' + (i ? 'after' : 'before') }), c));
      new ResizeObserver(ask).observe(c);
    }
    new IntersectionObserver(look).observe(box);
    dark.addEventListener('change', ask);
    calm.addEventListener('change', () => { turning = !calm.matches; state(); });
    const captions = [...root.querySelectorAll('figcaption')].map((c) => c.textContent);
    root.prepend(make('div', { className: 'cube' }, box, make('div', { className: 'controls' }, beforeButton, afterButton, turnButton),
      make('p', { className: 'note', textContent: 'Before: ' + captions[0] + ' After: ' + captions[1] })));
    box.dataset.shown = 'before';
    state();
    live(root);
  }
  for (const root of document.querySelectorAll('[data-cube]')) cube(root);
})();
