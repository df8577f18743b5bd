package viewer

import (
	"kompress/quantize"
)

// A key is one that was pressed, held for so long that it repeats, or let go.
type key struct {
	name   string // Left, Space, A, 1 and so on
	shift  bool
	action action
}

type action int

const (
	released action = iota
	pressed
	repeated
)

// A binding is what keys do.
type binding struct {
	names []string
	label string // for help
	help  string
	do    func(*app, key)
}

// bindings are all keys, in the order of the help, which lists those with a label.
// They are made once the program runs, for help itself refers to them.
var bindings []binding

func init() {
	bindings = []binding{
		{[]string{"Left"}, "←", "previous image", func(a *app, _ key) { a.turnTo(a.at - 1) }},
		{[]string{"Right"}, "→", "next image", func(a *app, _ key) { a.turnTo(a.at + 1) }},
		{[]string{"Home", "End"}, "Home, End", "first, last image", ends},
		{[]string{"Up", "Down"}, "↑ ↓", "one color more, fewer", step},
		{nil, "Shift ↑ ↓", "eight colors more, fewer", nil},
		{[]string{"1", "2", "3", "4", "5", "6", "7", "8"}, "1 to 8", "k = 2, 4, 8, 16, 32, 64, 128, 256", power},
		{[]string{"Space"}, "Space (held)", "the original", func(a *app, k key) { a.original = k.action != released }},
		{[]string{"S"}, "S", "save; again to overwrite", func(a *app, _ key) { a.save() }},
		{[]string{"C"}, "C", "color space: sRGB, Oklab", func(a *app, _ key) { a.nextSpace() }},
		{[]string{"E"}, "E", "engine: CPU, GPU", func(a *app, _ key) { a.toggleEngine() }},
		{[]string{"R"}, "R", "a new seed; with Shift the first", func(a *app, k key) { a.newSeed(k.shift) }},
		{[]string{"P"}, "P", "color cloud: beside, alone, off", func(a *app, _ key) { a.cloud.next() }},
		{[]string{"0"}, "0", "the whole image", func(a *app, _ key) { a.lookAtAll() }},
		{[]string{"Z"}, "Z", "1:1", func(a *app, _ key) { a.actualSize() }},
		{[]string{"F"}, "F", "full screen", func(a *app, _ key) { a.toggleFullScreen() }},
		{[]string{"H", "F1"}, "H, F1", "this help", func(a *app, _ key) { a.help = !a.help }},
		{[]string{"Esc", "Q"}, "Esc, Q", "quit; Esc closes help first", func(a *app, k key) { a.leave(k) }},
	}
}

// mouseHelp is what the help says of the mouse.
var mouseHelp = [][2]string{
	{"Wheel", "zoom"},
	{"Drag", "move the image, turn the cloud"},
	{"Drag the line", "original left, result right"},
	{"Point at a swatch", "its color, its share, where it is"},
	{"Drop files", "open them"},
}

// repeats are the keys that go on while they are held.
var repeats = map[string]bool{"Left": true, "Right": true, "Up": true, "Down": true}

// press does what a key does.
func (a *app) press(k key) {
	for i := range bindings {
		b := &bindings[i]
		for _, name := range b.names {
			if name != k.name || b.do == nil {
				continue
			}
			if k.action == pressed || k.action == repeated && repeats[name] || k.action == released && name == "Space" {
				if name != "S" && k.action == pressed {
					a.dropPrompt()
				}
				b.do(a, k)
				a.changed = a.changed || k.action != repeated // that may have been in vain
			}
			return
		}
	}
}

// step changes k or, while the list is open, goes up or down in it.
func step(a *app, k key) {
	if a.ui.IsOpen() {
		if k.name == "Down" {
			a.turnTo(a.at + 1)
		} else {
			a.turnTo(a.at - 1)
		}
		return
	}
	n := 1
	if k.shift {
		n = 8
	}
	if k.name == "Down" {
		n = -n
	}
	a.setColors(a.settings.colors + n)
}

func ends(a *app, k key) {
	if k.name == "Home" {
		a.turnTo(0)
	} else {
		a.turnTo(len(a.files) - 1)
	}
}

// lookAtAll shows the whole image, and the cloud as it was at first.
func (a *app) lookAtAll() {
	a.camera = camera{fit: true}
	first := newCloud()
	a.cloud.yaw, a.cloud.pitch, a.cloud.zoom = first.yaw, first.pitch, first.zoom
}

func power(a *app, k key) { a.setColors(2 << (k.name[0] - '1')) }

func (a *app) nextSpace() {
	if a.settings.space == quantize.SRGB {
		a.settings.space = quantize.Oklab
	} else {
		a.settings.space = quantize.SRGB
	}
	a.ask()
}

func (a *app) actualSize() {
	if p := a.picture(); p != nil {
		a.camera.actualSize(p.size)
	}
}

func (a *app) toggleFullScreen() {
	if err := a.window.toggleFullScreen(); err != nil {
		a.say(true, "No full screen: %v", err)
	}
}

// leave closes what lies over the picture and, if nothing does, the window.
func (a *app) leave(k key) {
	switch {
	case k.name == "Esc" && a.ui.CloseDropdown():
	case k.name == "Esc" && a.help:
		a.help = false
	default:
		a.quit = true
	}
}
