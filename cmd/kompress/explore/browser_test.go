//go:build !race

package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/bits"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kompress/quantize"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chromium is started once for all tests: nil where there is none.
var chromium = sync.OnceValues(func() (context.Context, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		ctx, _ := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun)
		ctx, _ = chromedp.NewContext(ctx)
		closeChromium = func() { chromedp.Cancel(ctx) }
		return ctx, chromedp.Do(ctx, chromedp.Navigate("about:blank"))
	}
	return nil, nil
})

var closeChromium = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	closeChromium()
	os.Exit(code)
}

// browser opens a tab that lasts for the test. Without a Chromium the test is skipped,
// or fails where one is required.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	if ctx == nil {
		const missing = "there is no Chromium here to look at the page with"
		if os.Getenv("KOMPRESS_REQUIRE_BROWSER") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	do(t, ctx, chromedp.Navigate("about:blank"))
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// A look is how the page is looked at.
type look struct {
	width, height int64
	scale         float64
	dark, script  bool
	moving        bool // the reader has not asked for less motion
}

var phone, desktop = look{width: 360, height: 740, scale: 2, script: true}, look{width: 1280, height: 900, scale: 1, script: true}

// looks are all of them, by the bits of the index.
var looks = func() (all [8]look) {
	for i := range all {
		all[i] = [2]look{phone, desktop}[i>>2]
		all[i].script, all[i].dark = i>>1&1 == 1, i&1 == 1
	}
	return all
}()

func (l look) String() string {
	return fmt.Sprintf("%dx%d dark=%v script=%v", l.width, l.height, l.dark, l.script)
}

// call runs a command of the browser.
func call[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) (r R) {
	t.Helper()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open shows a page to a reader.
func open(t *testing.T, ctx context.Context, page string, l look) {
	t.Helper()
	call(t, ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: l.height, ScreenWidth: l.width, ScreenHeight: l.height, DeviceScaleFactor: l.scale, Mobile: l.width < 600})
	prefer(t, ctx, l)
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !l.script})
	do(t, ctx, chromedp.Navigate(page))
}

// prefer tells the browser what the reader likes.
func prefer(t *testing.T, ctx context.Context, l look) {
	t.Helper()
	scheme, motion := "light", "reduce"
	if l.dark {
		scheme = "dark"
	}
	if l.moving {
		motion = "no-preference"
	}
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion}}})
}

// evaluate runs an expression, also where the page's own scripts do not run.
func evaluate[T any](t *testing.T, ctx context.Context, expression string) (v T) {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => JSON.stringify((await (`+expression+`)) ?? null))()`, chromedp.EvalAwaitPromise))
	if err == nil {
		err = json.Unmarshal([]byte(text), &v)
	}
	if err != nil {
		t.Fatalf("%v: %.300s", err, expression)
	}
	return v
}

// watch collects what the page asks the network for, and what it says on the console.
func watch(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	var mu sync.Mutex
	var seen []string
	note := func(s string) {
		mu.Lock()
		seen = append(seen, s)
		mu.Unlock()
	}
	call(t, ctx, network.Enable, network.EnableParams{})
	requests := chromedp.Events(ctx, network.RequestWillBeSent)
	console := chromedp.Console(ctx)
	go func() {
		for e, err := range requests {
			if err != nil {
				return
			}
			if u := e.Request.URL; !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "file:") && !strings.HasPrefix(u, "about:") {
				note("a request for " + u)
			}
		}
	}()
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			note("on the console: " + m.String())
		}
	}()
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), seen...)
	}
}

func writePage(t *testing.T, r *Report) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, written(t, func(b *bytes.Buffer) error { return r.WriteHTML(t.Context(), b) }), 0o666); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

// faults is run in the page and lists what cannot be read.
const faults = `(() => {
  const found = [];
  const name = (e) => e.tagName + ' ' + (e.textContent || '').trim().slice(0, 40);
  for (const d of document.querySelectorAll('details')) d.open = true;
  const html = document.documentElement;
  if (html.scrollWidth > screen.width) found.push('the page is ' + html.scrollWidth + ' wide in a window of ' + screen.width);
  const numbers = (c) => c.match(/[\d.]+/g).map(Number);
  const light = (c) => { const l = numbers(c).slice(0, 3).map((v) => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4); return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; const n = numbers(c); if (n.length < 4 || n[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
  const probe = document.createElement('span');
  document.body.append(probe);
  const variable = (v) => { probe.style.color = 'var(' + v + ')'; return getComputedStyle(probe).color; };
  const clips = (e) => { for (let p = e.parentElement; p; p = p.parentElement) { const o = getComputedStyle(p); if (o.overflowX !== 'visible' || o.overflowY !== 'visible') return p; } return null; };
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.tagName === 'SCRIPT' || e.tagName === 'STYLE') continue;
    if (e.closest('tr:nth-child(n+20)')) continue; // rows are alike, and the width of a table is that of all of them
    if (!e.checkVisibility()) continue;
    const s = getComputedStyle(e), r = e.getBoundingClientRect();
    if (parseFloat(s.fontSize) < 11) found.push(name(e) + ' is ' + s.fontSize);
    if (r.left < -0.5 || r.right > screen.width + 0.5 && !e.closest('.scroll')) found.push(name(e) + ' is beside the page');
    if (e.scrollWidth > e.clientWidth + 1 && s.overflowX !== 'visible' && s.display !== 'inline') found.push(name(e) + ' is cut off');
    const scroller = e.closest('.scroll');
    if (scroller && scroller.scrollWidth > scroller.clientWidth + 1) found.push(name(e) + ' is in a table that is cut off');
    const c = contrast(s.color, ground(e));
    if (c < 4.5) found.push(name(e) + ' has a contrast of ' + c.toFixed(2));
  }
  for (const svg of document.querySelectorAll('svg')) {
    if (!svg.checkVisibility()) continue;
    const chart = svg.closest('[data-chart]').dataset.chart, all = svg.getBoundingClientRect();
    const scale = all.width / svg.viewBox.baseVal.width;
    const boxes = [];
    const onGround = /^(red-|cube-)/.test(chart);
    for (const e of svg.querySelectorAll('text')) {
      const r = e.getBoundingClientRect(), s = getComputedStyle(e);
      const what = chart + ' "' + e.textContent + '"';
      if (parseFloat(s.fontSize) * scale < 11) found.push(what + ' is ' + parseFloat(s.fontSize) * scale);
      if (r.left < all.left - 0.5 || r.right > all.right + 0.5 || r.top < all.top - 1.5 || r.bottom > all.bottom + 1.5) found.push(what + ' leaves the chart');
      for (const v of onGround ? ['--back', '--ground'] : ['--back']) {
        const c = contrast(s.fill, variable(v));
        if (c < 4.5) found.push(what + ' has a contrast of ' + c.toFixed(2) + ' on ' + v);
      }
      // Lines of text have room above and below: letters are inside of that.
      const box = { left: r.left + 1, right: r.right - 1, top: r.top + 0.15 * r.height, bottom: r.bottom - 0.2 * r.height, what };
      for (const b of boxes) if (box.left < b.right && b.left < box.right && box.top < b.bottom && b.top < box.bottom) found.push(what + ' covers ' + b.what);
      boxes.push(box);
    }
    if (boxes.length === 0) found.push(chart + ' has no text');
  }
  for (const i of document.images) if (i.checkVisibility() && (!i.complete || i.naturalWidth === 0 || !i.alt)) found.push('a picture is not shown, or has no text: ' + i.alt);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  if (new Set(ids).size !== ids.length) found.push('ids are there twice');
  for (const a of document.querySelectorAll('a')) if (!document.getElementById(a.hash.slice(1))) found.push('a link leads nowhere: ' + a.hash);
  if (!html.lang || !document.title) found.push('no language or title');
  probe.remove();
  return found;
})()`

// wide is reduced, is shown in parts too, and has some of its pixels in previews. It has
// few colours, for there is little to learn from more.
func wide() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, exactSide+100, 40))
	for i := range len(m.Pix) / 4 {
		v := uint8(uint32(i) * 2654435761 >> 28)
		copy(m.Pix[4*i:], []uint8{17 * v, 255 - 9*v, uint8(i / 17000 * 80), 255})
	}
	return m
}

// A reader can read all of the page, on a phone and on a screen.
func TestPageCanBeRead(t *testing.T) {
	ctx := browser(t)
	seen := watch(t, ctx)
	all := reportOf(t, "translucent", "pixel", "five", "transparent", "column")
	all.Images = append(all.Images, exploreSample(t, "wide", wide()))
	if w := all.Images[len(all.Images)-1]; w.figures.exact || len(w.figures.crops) == 0 || previewStep(image.Pt(w.Width, w.Height)) == 1 {
		t.Error("there is no large image")
	}
	one := &Report{Program: "kompress test", K: 16, Images: []*Image{mustExplore(t, part(t, 160, 120), Options{})}}
	for name, page := range map[string]string{"all": writePage(t, all), "one": writePage(t, one)} {
		for i, l := range looks {
			if name == "one" && bits.OnesCount(uint(i))%2 == 1 {
				continue // each two of what makes a look are seen together
			}
			if name == "all" && l.dark {
				prefer(t, ctx, l) // it is open in the light
			} else {
				open(t, ctx, page, l)
			}
			for _, fault := range evaluate[[]string](t, ctx, faults) {
				t.Errorf("%s, %v: %s", name, l, fault)
			}
		}
	}
	for _, s := range seen() {
		t.Error(s)
	}
}

var rootBlock = regexp.MustCompile(`(?s):root \{(.*?)\}`)

// colorsOfPage returns the colours of the style sheet by their names, in light and dark.
func colorsOfPage() (themes []map[string]string) {
	for _, block := range rootBlock.FindAllStringSubmatch(style, -1) {
		colors := map[string]string{}
		for declaration := range strings.SplitSeq(block[1], ";") {
			if name, value, ok := strings.Cut(declaration, ":"); ok {
				colors[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
		}
		themes = append(themes, colors)
	}
	return themes
}

// Charts in files have the colours of the light page.
func TestPageColors(t *testing.T) {
	themes := colorsOfPage()
	if len(themes) != 2 {
		t.Fatalf("got %d themes, want light and dark", len(themes))
	}
	light, dark := themes[0], themes[1]
	if light["--back"] != "#ffffff" {
		t.Errorf("the page is on %s, charts in files are on white", light["--back"])
	}
	for _, r := range roles {
		if want := hexOf(r.light); light[r.name] != want {
			t.Errorf("%s is %q in the page, %s in files", r.name, light[r.name], want)
		}
		if dark[r.name] == "" {
			t.Errorf("%s has no color in the dark", r.name)
		}
	}
}

// The check must be able to fail.
func TestFaultsAreFound(t *testing.T) {
	ctx := browser(t)
	page := writePage(t, reportOf(t, "five"))
	open(t, ctx, page, phone)
	if got := evaluate[[]string](t, ctx, faults); len(got) > 0 {
		t.Errorf("got %q for a page that is well", got)
	}
	for _, test := range []struct{ spoil, want string }{
		{`document.querySelector('h2').style.width = '500px'`, "wide in a window"},
		{`document.querySelector('h2').style.fontSize = '10px'`, "is 10px"},
		{`document.querySelector('h2').style.color = '#999'`, "contrast"},
		{`document.querySelector('svg text').style.fontSize = '8px'`, "is 7"},
		{`document.querySelectorAll('svg text')[1].setAttribute('x', document.querySelectorAll('svg text')[2].getAttribute('x'))`, "covers"},
		{`document.querySelectorAll('svg text')[1].setAttribute('x', 400)`, "leaves the chart"},
		{`document.querySelector('img').src = 'data:,'`, "not shown"},
		{`document.querySelector('a').href = '#x'`, "leads nowhere"},
	} {
		open(t, ctx, page, phone)
		evaluate[any](t, ctx, `(async () => { `+test.spoil+`; await new Promise((r) => setTimeout(r, 50)); return 0 })()`)
		if got := strings.Join(evaluate[[]string](t, ctx, faults), "\n"); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q to be found", test.spoil, got, test.want)
		}
	}
}

// The pictures on the screen have the pixels of the image and of the result.
func TestPicturesAreRight(t *testing.T) {
	m := part(t, 120, 90)
	after, _, _ := compressed(t, m, quantize.Options{Colors: 4})
	ctx := browser(t)
	open(t, ctx, writePage(t, reportOf(t, "photo")), desktop)
	for i, want := range []image.Image{m, after} {
		got := evaluate[[]int](t, ctx, fmt.Sprintf(`(async () => {
  const i = document.querySelectorAll('[data-pair] figure img')[%d], c = document.createElement('canvas');
  await i.decode();
  c.width = i.naturalWidth; c.height = i.naturalHeight;
  const x = c.getContext('2d');
  x.drawImage(i, 0, 0);
  return [...x.getImageData(0, 0, c.width, c.height).data];
})()`, i))
		for y := range 90 {
			for x := range 120 {
				p := got[4*(y*120+x):]
				if c := pixel(want, x, y); c != (color.NRGBA{uint8(p[0]), uint8(p[1]), uint8(p[2]), uint8(p[3])}) {
					t.Fatalf("picture %d: at %d, %d: got %v, want %v", i, x, y, p[:4], c)
				}
			}
		}
	}
	// On the screen itself: no filter, no fade.
	shot, err := chromedp.Run(ctx, chromedp.Screenshot(chromedp.CSS("[data-pair] .compare")))
	if err != nil {
		t.Fatal(err)
	}
	screen, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	scale := screen.Bounds().Dx() / 120
	for y := range 90 {
		for x := range 120 {
			if x > 57 && x < 63 { // the line between the two
				continue
			}
			want := pixel(m, x, y)
			if x > 60 {
				want = pixel(after, x, y)
			}
			if got := pixel(screen, x*scale+scale/2, y*scale+scale/2); got != want {
				t.Fatalf("on the screen at %d, %d: got %v, want %v", x, y, got, want)
			}
		}
	}
}

// The script's controls do what they say.
func TestControls(t *testing.T) {
	ctx := browser(t)
	seen := watch(t, ctx)
	open(t, ctx, writePage(t, reportOf(t, "photo", "five")), look{width: 360, height: 740, scale: 1, script: true})
	// changed waits for another picture of the cube than there was.
	last := "data:," // what a canvas has that is not drawn
	changed := func(why string) {
		t.Helper()
		const picture = `(async (last) => {
  const c = [...document.querySelectorAll('canvas')].find((c) => c.checkVisibility());
  for (let i = 0; i < 100 && c.toDataURL() === last; i++) await new Promise((r) => setTimeout(r, 30));
  return c.toDataURL();
})(%q)`
		now := evaluate[string](t, ctx, fmt.Sprintf(picture, last))
		if now == last {
			t.Errorf("the cube does not change %s", why)
		}
		last = now
	}
	press := func(button string) {
		evaluate[any](t, ctx, fmt.Sprintf(`[...document.querySelectorAll('button')].find((b) => b.textContent === %q).click()`, button))
	}
	evaluate[any](t, ctx, `document.querySelector('canvas').scrollIntoView()`)
	changed("when it is first drawn")
	if still := evaluate[bool](t, ctx, `(async () => { const c = document.querySelector('canvas'), was = c.toDataURL(); await new Promise((r) => setTimeout(r, 300)); return c.toDataURL() === was })()`); !still {
		t.Error("the cube turns by itself, though less motion is asked for")
	}
	last = evaluate[string](t, ctx, `document.querySelector('canvas').toDataURL()`)
	evaluate[any](t, ctx, `document.querySelector('canvas').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))`)
	changed("at an arrow key")
	drag := evaluate[[]float64](t, ctx, `(() => { const r = document.querySelector('canvas').getBoundingClientRect(); return [r.x + 100, r.y + 100] })()`)
	do(t, ctx, chromedp.DragAndDropXY(drag[0], drag[1], drag[0]+60, drag[1]+20))
	changed("when it is dragged")
	press("Turn")
	changed("when it is to turn, before")
	changed("while it turns, before")
	press("Turn")
	press("After")
	changed("from before to after")
	press("Turn")
	changed("when it is to turn")
	changed("while it turns")
	// The slider of k shows the preview of each.
	for i, p := range exploreSample(t, "photo", nil).figures.previews {
		src := evaluate[string](t, ctx, fmt.Sprintf(`(() => { const r = document.querySelector('[data-previews] input'); r.value = %d; r.dispatchEvent(new Event('input')); return document.querySelector('.preview img').src })()`, i))
		if src != string(dataURL(p)) {
			t.Errorf("preview %d is another", i)
		}
	}
	side := evaluate[[]bool](t, ctx, `(() => { const f = document.querySelector('[data-pair] figure'), b = document.querySelector('[data-pair]').previousSibling.firstChild; const was = f.checkVisibility(); b.click(); return [was, f.checkVisibility()] })()`)
	if side[0] || !side[1] {
		t.Errorf("side by side: got %v, want it to appear", side)
	}
	for _, s := range seen() {
		t.Error(s)
	}
}

// until waits for a condition in the page.
func until(t *testing.T, ctx context.Context, condition, want string) {
	t.Helper()
	const wait = `(async () => {
  for (let i = 0; i < 500; i++) {
    if (%[1]s) return true;
    await new Promise((r) => setTimeout(r, 20));
  }
  return false;
})()`
	if !evaluate[bool](t, ctx, fmt.Sprintf(wait, condition)) {
		t.Errorf("got no %s", want)
	}
}

// anglesOf returns yaw and pitch of each cube, once what was asked for is drawn.
func anglesOf(t *testing.T, ctx context.Context) (all [][2]float64) {
	t.Helper()
	return evaluate[[][2]float64](t, ctx, `(async () => {
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  return [...document.querySelectorAll('.turned')].map((b) => [+b.dataset.yaw, +b.dataset.pitch]);
})()`)
}

// A cube turns, and takes memory, while it is seen.
func TestControlsOfCubesUnseen(t *testing.T) {
	ctx := browser(t)
	seen := watch(t, ctx)
	l := desktop
	l.moving = true
	open(t, ctx, writePage(t, reportOf(t, "photo", "five")), l)
	const first, drawn = `document.querySelector('.turned')`, `[...document.querySelectorAll('canvas')].map((c) => c.width > 0 ? 1 : 0).join('')`
	until(t, ctx, drawn+` === '0000'`, "page that draws no cube unseen")
	evaluate[any](t, ctx, first+`.scrollIntoView()`)
	until(t, ctx, drawn+` === '1100' && `+first+`.dataset.yaw > -0.5`, "cube that turns when it is seen, or more than it is drawn")
	evaluate[any](t, ctx, `scrollTo(0, 0)`)
	until(t, ctx, drawn+` === '0000'`, "end of drawing when a cube is out of view")
	was := anglesOf(t, ctx)
	time.Sleep(200 * time.Millisecond)
	if now := anglesOf(t, ctx); now[0] != was[0] {
		t.Errorf("a cube out of view turns from %v to %v", was[0], now[0])
	}
	evaluate[any](t, ctx, first+`.scrollIntoView()`)
	until(t, ctx, drawn+` === '1100' && `+fmt.Sprintf("%s.dataset.yaw > %v", first, was[0][0]+0.05), "turning cube when it is seen again")
	prefer(t, ctx, desktop)
	until(t, ctx, `document.querySelector('.cube .controls button:last-child').getAttribute('aria-pressed') === 'false'`, "stop when less motion is asked for")
	was = anglesOf(t, ctx)
	time.Sleep(200 * time.Millisecond)
	if now := anglesOf(t, ctx); now[0] != was[0] {
		t.Error("a cube turns, though less motion is asked for")
	}
	for _, s := range seen() {
		t.Error(s)
	}
}

// Each image's cubes turn by themselves, as far as a mouse, finger or key says.
func TestControlsOfTwoCubes(t *testing.T) {
	ctx := browser(t)
	open(t, ctx, writePage(t, reportOf(t, "photo", "five")), desktop)
	// Both images' cubes are put into view.
	at := evaluate[[2]float64](t, ctx, `(() => {
  const cubes = [...document.querySelectorAll('.cube')];
  for (const c of cubes) c.style.maxWidth = '500px';
  document.body.prepend(...cubes);
  scrollTo(0, 0);
  const r = cubes[1].querySelector('canvas').getBoundingClientRect();
  return [r.x + 100, r.y + 100];
})()`)
	until(t, ctx, `[...document.querySelectorAll('canvas')].every((c) => c.width > 0)`, "cubes of two images in view")
	mouse := func(kind input.DispatchMouseEventType, x, y float64, button input.MouseButton) {
		call(t, ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at[0] + x, Y: at[1] + y, Button: button, ClickCount: 1})
	}
	touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		call(t, ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
	}
	key := func(canvas int) {
		evaluate[any](t, ctx, fmt.Sprintf(`document.querySelectorAll('canvas')[%d].focus()`, canvas))
		do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	}
	none := [2]float64{}
	for _, test := range []struct {
		name string
		do   func()
		want [2][2]float64 // of each image, by how much
	}{
		{"a key", func() { key(2) }, [2][2]float64{none, {0.1, 0}}},
		{"the mouse", func() {
			mouse(input.DispatchMouseEventTypeMousePressed, 0, 0, input.MouseButtonLeft)
			mouse(input.DispatchMouseEventTypeMouseMoved, 20, 0, input.MouseButtonLeft)
			mouse(input.DispatchMouseEventTypeMouseMoved, 60, -20, input.MouseButtonLeft)
			mouse(input.DispatchMouseEventTypeMouseReleased, 60, -20, input.MouseButtonLeft)
		}, [2][2]float64{none, {0.6, -0.2}}},
		{"a released mouse", func() { mouse(input.DispatchMouseEventTypeMouseMoved, 0, 0, input.MouseButtonNone) }, [2][2]float64{}},
		{"another button", func() {
			mouse(input.DispatchMouseEventTypeMousePressed, 0, 0, input.MouseButtonMiddle)
			mouse(input.DispatchMouseEventTypeMouseMoved, 20, 0, input.MouseButtonMiddle)
			mouse(input.DispatchMouseEventTypeMouseReleased, 20, 0, input.MouseButtonMiddle)
		}, [2][2]float64{}},
		{"a finger", func() {
			touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at[0], Y: at[1]})
			touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: at[0] + 40, Y: at[1]})
			touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: at[0] + 50, Y: at[1]})
			touch(input.DispatchTouchEventTypeTouchEnd)
		}, [2][2]float64{none, {0.5, 0}}},
		{"a key on the other", func() { key(0) }, [2][2]float64{{0.1, 0}, none}},
	} {
		was := anglesOf(t, ctx)
		test.do()
		now := anglesOf(t, ctx)
		for i, want := range test.want {
			if yaw, pitch := now[i][0]-was[i][0], now[i][1]-was[i][1]; math.Abs(yaw-want[0]) > 0.001 || math.Abs(pitch-want[1]) > 0.001 {
				t.Errorf("%s: turned image %d by %v, %v, want %v", test.name, i, yaw, pitch, want)
			}
		}
	}
}

// Where there is no canvas, the pictures of the cubes stay.
func TestPageWithoutCanvas(t *testing.T) {
	ctx := browser(t)
	seen := watch(t, ctx)
	call(t, ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `HTMLCanvasElement.prototype.getContext = () => null`})
	open(t, ctx, writePage(t, reportOf(t, "five")), phone)
	if got := evaluate[[]int](t, ctx, `['[data-cube] svg', 'canvas', '.compare'].map((s) => [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).length)`); !slices.Equal(got, []int{2, 0, 1}) {
		t.Errorf("got %v pictures of cubes, canvases and other controls, want 2, 0, 1", got)
	}
	for _, s := range seen() {
		t.Error(s)
	}
}

// On paper there is all that stands still, unfolded.
func TestPagePrinted(t *testing.T) {
	ctx := browser(t)
	open(t, ctx, writePage(t, reportOf(t, "five")), desktop)
	pages := func() int {
		t.Helper()
		pdf := call(t, ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{})
		return bytes.Count([]byte(pdf.Data), []byte("/Type /Page\n"))
	}
	folded := pages()
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	got := evaluate[[]string](t, ctx, `[
  ...[...document.querySelectorAll('details table, [data-cube] svg, .strips img, [data-pair] > figure')].filter((e) => !e.checkVisibility()).map((e) => 'no ' + e.tagName),
  ...[...document.querySelectorAll('canvas, button, input')].filter((e) => e.checkVisibility()).map((e) => e.tagName),
]`)
	if len(got) > 0 {
		t.Errorf("got %q", got)
	}
	evaluate[any](t, ctx, `document.querySelectorAll('details').forEach((d) => { d.open = true })`)
	if open := pages(); folded != open || open < 5 {
		t.Errorf("got %d pages with parts folded, %d with them open", folded, open)
	}
}

// Names that look like scripts run nowhere.
func TestNamesDoNotRun(t *testing.T) {
	ctx := browser(t)
	seen := watch(t, ctx)
	r := oddReport(t)
	open(t, ctx, writePage(t, r), phone)
	got := evaluate[[]string](t, ctx, `[...document.querySelectorAll('h2 bdi')].map((e) => e.textContent)`)
	if want := labels(r.Images); !slices.Equal(got, want) {
		t.Errorf("got headings %q, want %q", got, want)
	}
	if n := evaluate[int](t, ctx, `document.querySelectorAll('[onload], [onmouseover]').length + document.scripts.length`); n != 1 {
		t.Errorf("got %d scripts, want 1", n)
	}
	if wide := evaluate[float64](t, ctx, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("names make the page %v wide", wide)
	}
	for _, s := range seen() {
		t.Error(s)
	}
}
