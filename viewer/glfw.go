//go:build cgo

package viewer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"strings"
	"sync"

	"kompress/viewer/xlib"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// startGLFW says what is missing rather than let GLFW fail in its own ways.
func startGLFW(said *logged) error {
	if err := xlib.Load(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoWindow, err)
	}
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" {
		return fmt.Errorf("%w: there is no X display (DISPLAY is not set; under Wayland, Xwayland has one)", ErrNoWindow)
	}
	if err := initGLFW(); err != nil {
		if why := said.last(); why != "" {
			err = errors.New(why)
		}
		return fmt.Errorf("%w: %w", ErrNoWindow, err)
	}
	return nil
}

// initGLFW returns an error also where GLFW has none for a display that cannot be
// opened: the first call after that then fails.
func initGLFW() (err error) {
	defer recoverGLFW(&err)
	if err = glfw.Init(); err != nil {
		return err
	}
	if glfw.GetPrimaryMonitor() == nil && len(glfw.GetMonitors()) == 0 {
		return errors.New("the display has no screen")
	}
	return nil
}

// recoverGLFW makes an error of a panic that is one of GLFW's.
func recoverGLFW(err *error) {
	switch p := recover().(type) {
	case nil:
	case *glfw.Error:
		*err = errors.New(strings.TrimSpace(p.Desc))
	default:
		panic(p)
	}
}

// hintContext asks for a version of OpenGL, and for nothing else that was before.
func hintContext(major, minor int) {
	glfw.DefaultWindowHints()
	glfw.WindowHint(glfw.ContextVersionMajor, major)
	glfw.WindowHint(glfw.ContextVersionMinor, minor)
	glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
	glfw.WindowHint(glfw.OpenGLForwardCompatible, glfw.True)
}

// newWindow returns the errors that GLFW's binding panics with. That prints them, too,
// to os.Stderr, which is another meanwhile.
func newWindow(width, height int, share *glfw.Window) (w *glfw.Window, err error) {
	stderr := os.Stderr
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
		defer null.Close()
	}
	defer func() { os.Stderr = stderr }()
	defer recoverGLFW(&err)
	return glfw.CreateWindow(width, height, "kompress", nil, share)
}

// logged is what was said to package log, meanwhile.
type logged struct {
	before io.Writer
	mu     sync.Mutex
	line   string
}

func listenToLog() *logged {
	l := &logged{before: log.Writer()}
	log.SetOutput(l)
	return l
}

func (l *logged) stop() { log.SetOutput(l.before) }

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = string(bytes.TrimSpace(p))
	return len(p), nil
}

// last returns what GLFW said last, without the time and its kind of error.
func (l *logged) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, text, _ := strings.Cut(l.line, "Error: ")
	return text
}
