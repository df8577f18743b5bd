//go:build cgo

package viewer

import (
	"runtime"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// keyNames are those of the keys that do not give a letter or a digit.
var keyNames = map[glfw.Key]string{
	glfw.KeyLeft: "Left", glfw.KeyRight: "Right", glfw.KeyUp: "Up", glfw.KeyDown: "Down",
	glfw.KeySpace: "Space", glfw.KeyEscape: "Esc", glfw.KeyF1: "F1",
	glfw.KeyHome: "Home", glfw.KeyEnd: "End",
}

// nameOf returns the name of a key, by what is written on it: where the letters are
// depends on the keyboard.
func nameOf(k glfw.Key, scancode int) string {
	if name := keyNames[k]; name != "" {
		return name
	}
	if k >= glfw.Key0 && k <= glfw.Key9 {
		return string(rune('0' + k - glfw.Key0))
	}
	if k >= glfw.KeyKP0 && k <= glfw.KeyKP9 {
		return string(rune('0' + k - glfw.KeyKP0))
	}
	name := glfw.GetKeyName(k, scancode)
	if len(name) == 1 && name[0] >= 'a' && name[0] <= 'z' {
		return string(name[0] - 'a' + 'A')
	}
	if k >= glfw.KeyA && k <= glfw.KeyZ && (len(name) != 1) { // no Latin letters on it
		return string(rune('A' + k - glfw.KeyA))
	}
	return ""
}

var actions = map[glfw.Action]action{glfw.Release: released, glfw.Press: pressed, glfw.Repeat: repeated}

// listen takes in what happens to the window.
func (w *window) listen() {
	w.glfw.SetKeyCallback(func(_ *glfw.Window, k glfw.Key, scancode int, a glfw.Action, mods glfw.ModifierKey) {
		if mods&(glfw.ModControl|glfw.ModAlt|glfw.ModSuper) != 0 && a != glfw.Release {
			return // others' shortcuts
		}
		w.press(key{nameOf(k, scancode), mods&glfw.ModShift != 0, actions[a]})
	})
	w.glfw.SetCursorPosCallback(func(_ *glfw.Window, x, y float64) {
		w.pointer.move(float32(x)*w.dots[0], float32(y)*w.dots[1])
	})
	w.glfw.SetMouseButtonCallback(func(_ *glfw.Window, b glfw.MouseButton, a glfw.Action, _ glfw.ModifierKey) {
		if b == glfw.MouseButtonLeft {
			w.pointer.button(a == glfw.Press)
		}
	})
	w.glfw.SetScrollCallback(func(_ *glfw.Window, _, y float64) { w.pointer.wheel(float32(y)) })
	w.glfw.SetCursorEnterCallback(func(_ *glfw.Window, inside bool) {
		if !inside && !w.pointer.now.Down {
			w.pointer.move(-1e6, -1e6) // it is over nothing
		}
	})
	w.glfw.SetFocusCallback(func(_ *glfw.Window, focused bool) {
		if !focused { // the keys are let go where nobody tells
			w.press(key{name: "Space", action: released})
		}
	})
	w.glfw.SetDropCallback(func(_ *glfw.Window, paths []string) { w.drop(paths) })
	w.glfw.SetFramebufferSizeCallback(func(*glfw.Window, int, int) { w.resize() })
	w.glfw.SetRefreshCallback(func(*glfw.Window) {
		w.changed = true
		if runtime.GOOS != "linux" { // elsewhere no events come while a window is resized
			w.err = w.frame()
		}
	})
	w.glfw.SetContentScaleCallback(func(*glfw.Window, float32, float32) {
		if err := w.setScale(); err != nil {
			w.say(true, "%v", err)
		}
		w.changed = true
	})
}
