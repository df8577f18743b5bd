package viewer

import (
	"slices"
	"strings"
	"testing"

	"kompress/quantize"
)

func TestNoKeyIsBoundTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range bindings {
		for _, name := range b.names {
			if seen[name] {
				t.Errorf("%s is bound twice", name)
			}
			seen[name] = true
		}
		if b.do == nil != (b.names == nil) || b.help == "" {
			t.Errorf("%s does nothing, or has no key, or no help", b.label)
		}
	}
	for name := range repeats {
		if !seen[name] {
			t.Errorf("%s repeats but is not bound", name)
		}
	}
}

// Help names every key.
func TestHelpHasEveryBinding(t *testing.T) {
	rows := helpRows()
	for _, b := range bindings {
		if !slices.Contains(rows, [2]string{b.label, b.help}) || b.label == "" {
			t.Errorf("%v is not in the help", b.names)
		}
		for _, name := range b.names {
			arrows := strings.NewReplacer("Left", "←", "Right", "→", "Up", "↑", "Down", "↓")
			if name = arrows.Replace(name); !strings.Contains(b.label, name) && (name < "1" || name > "8") {
				t.Errorf("%q does not name %s", b.label, name)
			}
		}
	}
	for _, row := range mouseHelp {
		if !slices.Contains(rows, row) {
			t.Errorf("%v is not in the help", row)
		}
	}
}

func TestKeysForColors(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1)
	a.open(0)
	check := func(want int) {
		t.Helper()
		if a.settings.colors != want {
			t.Errorf("got k = %d, want %d", a.settings.colors, want)
		}
	}
	check(quantize.DefaultColors)
	for i, want := range []int{2, 4, 8, 16, 32, 64, 128, 256} {
		a.tap(string(rune('1' + i)))
		check(want)
	}
	a.tap("Up")
	check(256)
	a.tap("Down", "Down", "Up")
	check(255)
	a.press(key{name: "Down", action: repeated})
	check(254)
	a.press(key{name: "Down", shift: true, action: pressed})
	check(246)
	a.press(key{name: "Up", shift: true, action: repeated})
	a.press(key{name: "Up", shift: true, action: pressed})
	check(256)
	a.tap("1")
	a.press(key{name: "Down", shift: true, action: pressed})
	check(1)
	a.tap("Down")
	check(1)
	a.press(key{name: "5", action: repeated}) // held digits do nothing more
	a.press(key{name: "5", action: released})
	a.press(key{name: "", action: pressed})
	a.press(key{name: "X", action: pressed})
	check(1)
}

func TestOtherKeys(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 3).started()
	for _, test := range []struct {
		key  string
		what string
		is   func() bool
	}{
		{"C", "Oklab", func() bool { return a.settings.space == quantize.Oklab }},
		{"C", "sRGB", func() bool { return a.settings.space == quantize.SRGB }},
		{"R", "seed 1", func() bool { return a.settings.seed == 1 }},
		{"P", "cloud beside", func() bool { return a.cloud.mode == cloudBeside }},
		{"P", "cloud alone", func() bool { return a.cloud.mode == cloudAlone }},
		{"P", "cloud off", func() bool { return a.cloud.mode == cloudOff }},
		{"Z", "1:1", func() bool { return a.camera == camera{zoom: 1, x: 10, y: 15} }},
		{"0", "fits", func() bool { return a.camera == camera{fit: true} }},
		{"F", "full screen", func() bool { return a.full == 1 && a.message.text == "" }},
		{"F", "no full screen", func() bool { return a.full == 2 && a.message.text == "No full screen: there is no screen" }},
		{"H", "help", func() bool { return a.help }},
		{"H", "no help", func() bool { return !a.help }},
		{"F1", "help", func() bool { return a.help }},
		{"Esc", "no help", func() bool { return !a.help && !a.quit }},
		{"Right", "the next image", func() bool { return a.at == 1 }},
		{"Left", "the one before", func() bool { return a.at == 0 }},
		{"Left", "the last image", func() bool { return a.at == 2 }},
		{"Right", "the first one", func() bool { return a.at == 0 }},
		{"E", "no GPU", func() bool { return !a.settings.gpu && a.message.warning }},
		{"Q", "quit", func() bool { return a.quit }},
	} {
		a.changed = false
		a.tap(test.key)
		if !test.is() {
			t.Errorf("%s: not %s", test.key, test.what)
		}
		if !a.changed {
			t.Errorf("%s: it would not be drawn", test.key)
		}
	}
}

func TestKeysThatDoNotRepeat(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 3).started()
	for _, b := range bindings {
		for _, name := range b.names {
			for _, how := range []action{repeated, released} {
				if how == repeated && repeats[name] || name == "Space" {
					continue
				}
				a.changed = false
				if a.press(key{name: name, action: how}); a.changed || a.quit {
					t.Errorf("%s does something when it is %d", name, how)
				}
			}
		}
	}
}

func TestSpaceShowsTheOriginalWhileItIsHeld(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	for how, want := range []bool{pressed: true, repeated: true, released: false} {
		a.press(key{name: "Space", action: action(how)})
		if a.original != want {
			t.Errorf("%d: original %t", how, a.original)
		}
		of := a.appearance()
		if (of.table == nil) != want || want && of.split != of.width || !want && of.split != a.splitAt() {
			t.Errorf("%d: it is painted with a table %t, split at %d", how, of.table != nil, of.split)
		}
	}
}

// Esc closes the list, then help, then the window; Q closes the window at once.
func TestEscOrder(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 3).started()
	l := a.layout.list
	a.tap("H")
	a.frame()
	a.move(l.X+5, l.Y+5)
	a.down()
	a.up()
	a.help = true // the press has closed it
	if a.tap("Esc"); !a.help || a.quit {
		t.Fatal("Esc has not closed the list")
	}
	if a.tap("Esc"); a.help || a.quit {
		t.Fatal("Esc has not closed the help")
	}
	if a.tap("Esc"); !a.quit {
		t.Fatal("Esc has not closed the window")
	}
	a.help, a.quit = true, false
	if a.tap("Q"); !a.quit {
		t.Error("Q has not closed the window")
	}
}
