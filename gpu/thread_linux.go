//go:build cgo

package gpu

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A thread owns an OpenGL context, on an operating system thread of its own, or
// borrows the one that is current on its caller's. All methods but do and close are
// called on that.
//
// Calls of OpenGL are checked one by one, by check, which keeps the first error;
// do returns it. So code that makes many calls need not look after each, as long
// as it does nothing with what a failed one returned.
type thread struct {
	display display
	context uintptr
	work    chan func() // nil if the context is borrowed
	ended   chan struct{}

	device   Device
	err      error
	log      []uint8       // for a debug message; nil if they are another's
	reset    func() uint32 // glGetGraphicsResetStatus; nil if the driver lacks it
	programs map[string]*program
	edit     func(stage, source string) string
	memory   memory
	fences   int // made and not deleted
	timer    *timer
	fail     func(call string) error // of tests: makes a call fail
}

// startThread makes a context on the display.
func startThread(d display, o Options) (*thread, error) {
	t := &thread{
		display:  d,
		work:     make(chan func()),
		ended:    make(chan struct{}),
		programs: map[string]*program{},
		edit:     o.edit,
	}
	ready := make(chan error)
	go t.run(ready, o)
	if err := <-ready; err != nil {
		return nil, err
	}
	return t, nil
}

func (t *thread) run(ready chan<- error, o Options) {
	// It is never unlocked: the thread ends with the goroutine, and what the
	// driver hung on it goes too.
	runtime.LockOSThread()
	defer close(t.ended)
	var err error
	if t.context, err = t.display.makeContext(o.Debug); err != nil {
		ready <- err
		return
	}
	defer t.display.dropContext(t.context)
	if err := t.begin(t.display.egl.getProcAddress, o); err != nil {
		ready <- err
		return
	}
	ready <- nil
	for f := range t.work {
		f()
	}
}

// borrowThread uses the context that is current.
func borrowThread(getProcAddress func(name string) unsafe.Pointer, o Options) (*thread, error) {
	t := &thread{programs: map[string]*program{}, edit: o.edit}
	return t, t.begin(getProcAddress, o)
}

// go-gl keeps OpenGL's functions in variables of the process. They are set once:
// those of GLVND, or of the only driver, are for all devices and windows.
var initGL struct {
	sync.Mutex
	done bool
}

// begin readies the context that is current on this thread.
func (t *thread) begin(getProcAddress func(name string) unsafe.Pointer, o Options) error {
	if err := loadGL(getProcAddress); err != nil {
		return err
	}
	if t.work != nil {
		t.listen()
	}
	t.device = t.describe()
	if t.device.Problem != "" {
		return errors.New(t.device.Problem)
	}
	if o.Timed {
		t.timer = newTimer(t.device.Software)
	}
	return t.take()
}

func loadGL(getProcAddress func(name string) unsafe.Pointer) error {
	initGL.Lock()
	defer initGL.Unlock()
	if initGL.done {
		return nil
	}
	if err := gl.InitWithProcAddrFunc(getProcAddress); err != nil {
		return fmt.Errorf("the driver lacks a function of OpenGL 4.3: %w", err)
	}
	initGL.done = true
	return nil
}

// listen asks for the debug messages of high severity, and no others, to be kept
// until check reads them. A window's owner may have other wishes: see OpenCurrent.
func (t *thread) listen() {
	t.log = make([]uint8, 1)
	gl.Enable(gl.DEBUG_OUTPUT)
	gl.Enable(gl.DEBUG_OUTPUT_SYNCHRONOUS)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DONT_CARE, gl.DONT_CARE, 0, nil, false)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DONT_CARE, gl.DEBUG_SEVERITY_HIGH, 0, nil, true)
	t.check("glDebugMessageControl")
}

// do runs f on the thread and returns its error and that of the first call of
// OpenGL in it that failed. If f panics, do panics itself: an image's methods may.
func (t *thread) do(f func() error) error {
	type outcome struct {
		err      error
		panicked any
	}
	if t.work == nil {
		return errors.Join(f(), t.take())
	}
	done := make(chan outcome)
	t.work <- func() {
		var o outcome
		defer func() {
			o.panicked = recover()
			o.err = errors.Join(o.err, t.take())
			done <- o
		}()
		o.err = f()
	}
	o := <-done
	if o.panicked != nil {
		panic(o.panicked)
	}
	return o.err
}

// close ends the thread and its context, and all that is on it. A borrowed context
// is left without what was made there.
func (t *thread) close() {
	if t.work == nil {
		t.freeAll()
		return
	}
	close(t.work)
	<-t.ended
}

// freeAll deletes what would go with a context of the engine's own.
func (t *thread) freeAll() {
	t.memory.freeAll()
	gl.UseProgram(0) // one in use would stay
	for _, p := range t.programs {
		gl.DeleteProgram(p.id)
	}
	if t.timer != nil {
		t.timer.freeAll()
	}
	// No error is the next owner's. A lost context may have no end of them.
	for i := 0; i < 100 && gl.GetError() != gl.NO_ERROR; i++ {
	}
}

// take returns the first error since the last take, and whether the GPU was reset
// meanwhile.
func (t *thread) take() error {
	err := t.err
	t.err = nil
	if t.reset != nil && t.reset() != gl.NO_ERROR {
		err = errors.Join(fmt.Errorf("gpu: %w: the driver has reset it", ErrLost), err)
	}
	return err
}

// check keeps what went wrong in a call of OpenGL that was just made, and what it
// was for.
func (t *thread) check(call string, details ...string) {
	if t.fail != nil && t.err == nil {
		if err := t.fail(call); err != nil {
			t.err = fmt.Errorf("gpu: %s: %w", call, err)
		}
	}
	code := gl.GetError()
	message := t.debugMessage()
	if code == gl.NO_ERROR && message == "" || t.err != nil {
		return
	}
	call = strings.Join(append([]string{call}, details...), ", ")
	text := glErrors[code]
	if text == "" {
		text = fmt.Sprintf("OpenGL error %#x", code)
	}
	if message != "" {
		text = strings.TrimPrefix(text+": "+message, "no error: ")
	}
	switch code {
	case gl.OUT_OF_MEMORY:
		t.err = fmt.Errorf("gpu: %s: %w: %s", call, ErrOutOfMemory, text)
	case contextLost:
		t.err = fmt.Errorf("gpu: %s: %w: %s", call, ErrLost, text)
	default:
		t.err = fmt.Errorf("gpu: %s: %s", call, text)
	}
}

const contextLost = 0x0507 // of OpenGL 4.5 and KHR_robustness

var glErrors = map[uint32]string{
	gl.NO_ERROR:                      "no error",
	gl.INVALID_ENUM:                  "invalid enum",
	gl.INVALID_VALUE:                 "invalid value",
	gl.INVALID_OPERATION:             "invalid operation",
	gl.INVALID_FRAMEBUFFER_OPERATION: "invalid framebuffer operation",
	gl.OUT_OF_MEMORY:                 "out of memory",
	contextLost:                      "context lost",
}

// debugMessage returns the oldest debug message and drops the others, which mostly
// follow from it.
func (t *thread) debugMessage() (oldest string) {
	if t.log == nil {
		return ""
	}
	const most = 1000 // no driver keeps more, but a lost context may say anything
	for i := 0; i < most && gl.GetDebugMessageLog(1, int32(len(t.log)), nil, nil, nil, nil, nil, &t.log[0]) == 1; i++ {
		if oldest == "" {
			text, _, _ := bytes.Cut(t.log, []byte{0})
			oldest = strings.TrimSpace(string(text))
		}
	}
	return oldest
}

// nonsense says that the device gave numbers that cannot be: it must have been lost,
// though the driver did not notice yet.
func (t *thread) nonsense(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("gpu: %w: got "+format, append([]any{ErrLost}, args...)...)
	}
}

// wait waits until the fence is passed, and deletes it.
func (t *thread) wait(fence uintptr) {
	if fence == 0 {
		return
	}
	const patience = 10 * time.Second // a driver resets a GPU that hangs long before
	defer t.deleteFence(fence)
	for range 60 {
		status := gl.ClientWaitSync(fence, gl.SYNC_FLUSH_COMMANDS_BIT, uint64(patience))
		t.check("glClientWaitSync")
		switch {
		case t.err != nil, status == gl.ALREADY_SIGNALED, status == gl.CONDITION_SATISFIED:
			return
		case status != gl.TIMEOUT_EXPIRED:
			t.err = fmt.Errorf("gpu: glClientWaitSync: %w: got status %#x", ErrLost, status)
			return
		}
	}
	t.err = fmt.Errorf("gpu: glClientWaitSync: %w: it did not answer for %v", ErrLost, 60*patience)
}

func (t *thread) deleteFence(fence uintptr) {
	gl.DeleteSync(fence)
	t.check("glDeleteSync")
	t.fences--
}

// fence marks what was asked of the GPU so far, and has it begun.
func (t *thread) fence() uintptr {
	f := gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
	t.check("glFenceSync")
	if f != 0 {
		t.fences++
	}
	gl.Flush()
	t.check("glFlush")
	return f
}

// bytesOf gives a slice to OpenGL.
func bytesOf[T any](s []T) []uint8 {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*uint8)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}
