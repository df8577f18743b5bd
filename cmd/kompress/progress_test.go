package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// onFile draws into a file instead of a terminal.
func onFile(t *testing.T) (p *progress, drawn func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "drawn")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &progress{writer: f}, func() string { return string(readFile(t, path)) }
}

func TestProgress(t *testing.T) {
	p, drawn := onFile(t)
	p.file(1, 3, "folder/photo.jpg")
	p.show(p.files)
	if got := drawn(); !strings.Contains(got, "2/3 photo.jpg   0%") {
		t.Errorf("got %q, want the label and 0%%", got)
	}
	c := newWay(p, 1).begin(0, "photo.jpg")
	c.stage("cluster")
	c.share(0.5)
	c.stage("encode")
	for _, want := range []string{"  55%", "  62%", "  75%"} {
		if !strings.Contains(drawn(), want) {
			t.Errorf("%s is missing in %q", want, drawn())
		}
	}
	p.clear()
	lines := strings.Split(drawn(), "\r")
	if last := lines[len(lines)-2]; lines[len(lines)-1] != "" || last != strings.Repeat(" ", 79) {
		t.Errorf("got %q at the end, want the line cleared", lines[len(lines)-2:])
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n >= 80 {
			t.Errorf("got %d columns, want less than 80: %q", n, line)
		}
	}
	before := drawn()
	c.share(0.7)
	p.clear()
	if drawn() != before {
		t.Error("got something drawn after the end")
	}
}

// The timer of a file that is done may be about to draw.
func TestProgressAfterTheEnd(t *testing.T) {
	p, drawn := onFile(t)
	p.file(0, 2, "a")
	late := p.files
	p.clear()
	p.show(late)
	p.file(1, 2, "b")
	p.show(late)
	p.clear()
	if got := drawn(); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestProgressWaits(t *testing.T) {
	p, drawn := onFile(t)
	p.file(0, 1, "a")
	time.Sleep(progressAfter / 5)
	if got := drawn(); got != "" {
		t.Errorf("got %q at once", got)
	}
	for end := time.Now().Add(20 * progressAfter); drawn() == "" && time.Now().Before(end); {
		time.Sleep(progressAfter / 10)
	}
	p.clear()
	if !strings.Contains(drawn(), "\ra   0%") {
		t.Errorf("got %q, want a bar", drawn())
	}
}

func TestProgressOnlyOnTerminals(t *testing.T) {
	p, _ := onFile(t)
	for _, p := range []*progress{newProgress(new(bytes.Buffer), false), newProgress(p.writer, false)} {
		p.file(0, 1, "a")
		p.set(0.7)
		p.clear()
		if p.writer != nil {
			t.Error("got a bar for what is no terminal")
		}
	}
}

func TestShortened(t *testing.T) {
	for _, test := range []struct {
		name string
		most int
		want string
	}{
		{"photo.jpg", 20, "photo.jpg"},
		{"a-photo-with-a-long-name.jpg", 20, "a-photo-w...name.jpg"},
		{"日本日本日本日本日本.jpg", 1, "日本日...pg"},
		{"a-photo-with-a-long-name.jpg", 99, "a-photo-wit...g-name.jpg"},
	} {
		if got := shortened(test.name, test.most); got != test.want {
			t.Errorf("%s in %d: got %s, want %s", test.name, test.most, got, test.want)
		}
	}
}
