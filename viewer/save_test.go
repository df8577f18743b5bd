package viewer

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"strings"
	"testing"

	"kompress/kmeans"
)

// saveNow presses S and waits until that is done.
func (a *testApp) saveNow() {
	a.t.Helper()
	a.tap("S")
	if a.message.text != "Saving …" {
		a.t.Errorf("got message %q", a.message.text)
	}
	a.until("saved", func() bool { return a.saves.running == 0 })
}

// wanted returns the file for what is set now.
func (a *testApp) wanted() []byte {
	a.t.Helper()
	m, _ := reduced(a.t, a.picture().image(), a.settings.options(kmeans.Default))
	return fileOf(m)
}

func (a *testApp) checkSaved(name string) {
	a.t.Helper()
	want := a.wanted()
	if !bytes.Equal(a.saved[name], want) {
		a.t.Errorf("%s: got %d bytes, which are not what package quantize gives", name, len(a.saved[name]))
	}
	if text := "Saved " + name + ", " + bytesText(int64(len(want))); a.message.text != text || a.message.warning {
		a.t.Errorf("got message %q, want %q", a.message.text, text)
	}
}

// The file whose size is known is the one that is saved.
func TestSaveWhatIsEncoded(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1).started()
	if !bytes.Equal(a.encoding.data, a.wanted()) || a.encoding.of != a.result {
		t.Error("the file is not that of the result")
	}
	a.hold = make(chan bool) // to encode it once more would not end
	a.saveNow()
	a.checkSaved("a-16.png")
}

// A result that has settled is saved though its file is not made yet.
func TestSaveWhatHasSettled(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1)
	hold := make(chan bool)
	a.hold = hold
	a.open(0)
	a.until("settled", func() bool { return a.result != nil && a.result.settled })
	if a.isQuiet() || a.encoding.data != nil {
		t.Error("the file is there already")
	}
	a.tap("S")
	close(hold)
	a.until("saved", func() bool { return a.saves.running == 0 })
	a.checkSaved("a-16.png")
}

// What is saved is for what is set, not for what is shown.
func TestSaveWhatHasNotSettled(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 2).started()
	a.tap("5", "C", "R", "S")
	if a.isFresh() {
		t.Error("it has settled before it was saved")
	}
	a.until("saved", func() bool { return a.saves.running == 0 })
	a.checkSaved("a-32.png")
	// The file of the picture before is not that of a fast one.
	a.quiet()
	a.tap("4")
	a.until("the fast result", a.isFresh)
	a.saveNow()
	a.checkSaved("a-16.png")
	// And it is finished though another image is opened.
	a.tap("6", "S")
	want := a.wanted()
	a.tap("Right")
	a.until("saved", func() bool { return a.saves.running == 0 })
	if !bytes.Equal(a.saved["a-64.png"], want) {
		t.Error("what was asked for was not saved")
	}
}

// A file that is there is overwritten when S is pressed again, and no other key in
// between.
func TestOverwrite(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.saved["a-16.png"] = []byte("old")
	exists := "a-16.png: file exists is there already: S again overwrites it"
	for _, between := range some("H", "Space", "C", "Z", "Left") {
		for range 2 {
			a.saveNow()
			if string(a.saved["a-16.png"]) != "old" || !a.message.warning || !strings.HasSuffix(exists, strings.TrimPrefix(a.message.text, "a-16.png")) {
				t.Fatalf("%s: got message %q", between, a.message.text)
			}
			a.tap(between)
			a.quiet()
		}
	}
	a.saveNow()
	a.saveNow()
	a.checkSaved("a-16.png")
	a.saved["a-16.png"] = []byte("old")
	if a.saveNow(); string(a.saved["a-16.png"]) != "old" {
		t.Error("it was overwritten a second time unasked")
	}
	// Other settings that do not come from keys are another file, too.
	a.setColors(9)
	a.saved["a-9.png"] = []byte("old")
	if a.saveNow(); string(a.saved["a-9.png"]) != "old" {
		t.Error("another file was overwritten unasked")
	}
}

func TestSaveErrors(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.options.Save = func(context.Context, string, int, bool, func(io.Writer) error) (string, error) {
		return "", errors.New("a: the disk is full")
	}
	a.saveNow()
	if a.message.text != "Not saved: a: the disk is full" || !a.message.warning {
		t.Errorf("got message %q", a.message.text)
	}
	a.options.Encode = func(context.Context, io.Writer, *image.Paletted) error { return errBroken }
	a.options.Save = a.saveAs
	a.tap("2")
	a.quiet()
	if a.encoding.err != errBroken || a.state().Bytes != nil {
		t.Errorf("got error %v", a.encoding.err)
	}
	a.frame()
	a.saveNow()
	if a.message.text != "Not saved: broken" || a.saved["a-4.png"] != nil {
		t.Errorf("got message %q", a.message.text)
	}
}

// What is saved is finished after the window was closed.
func TestSaveOutlivesTheWindow(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.tap("3")
	ctx, cancel := context.WithCancel(a.ctx)
	a.ctx = ctx
	a.tap("S")
	cancel()
	a.until("saved", func() bool { return a.saves.running == 0 })
	a.checkSaved("a-8.png")
}

// The file of an older result is not made to its end, and its size is marked.
func TestEncodingIsGivenUp(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1).started()
	first := a.encoding
	if l := a.sizeLabel(a.picture()); strings.HasSuffix(l.text, "?") || !strings.HasPrefix(l.text, bytesText(int64(len(first.data)))) {
		t.Errorf("got %q", l.text)
	}
	a.tap("2")
	if l := a.sizeLabel(a.picture()); !strings.HasSuffix(l.text, " ?") {
		t.Errorf("got %q", l.text)
	}
	a.mu.Lock()
	a.hold = make(chan bool)
	a.mu.Unlock()
	a.until("the next file", func() bool { return a.encoding != first })
	second := a.encoding
	if l := a.sizeLabel(a.picture()); l.text != "file …" {
		t.Errorf("got %q", l.text)
	}
	a.mu.Lock()
	a.hold = nil
	a.mu.Unlock()
	a.tap("3")
	a.quiet()
	if a.encoding == second || second.data != nil || a.encoding.of != a.result {
		t.Error("the older file was made")
	}
}

// A file that cannot be saved while the window closes is told to who opened it.
func TestSaveFailsAtTheEnd(t *testing.T) {
	a := newTestApp(t, 1)
	job := saved{"a", 8}
	a.saves.running = 2
	a.savedAs(job, "", 0, errBroken)
	if a.saves.lost != nil {
		t.Errorf("got %v while the window is open", a.saves.lost)
	}
	a.quit = true
	a.savedAs(job, "", 0, errBroken)
	if !errors.Is(a.saves.lost, errBroken) || !strings.Contains(a.saves.lost.Error(), "not saved: a: ") {
		t.Errorf("got %v", a.saves.lost)
	}
}
