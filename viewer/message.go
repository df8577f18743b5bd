package viewer

import (
	"fmt"
	"time"
)

// A message is a line that is shown for a while.
type message struct {
	text    string
	warning bool
	until   time.Time
}

// messageTime is long enough to read a line.
const messageTime = 4 * time.Second

// say shows a line.
func (a *app) say(warning bool, format string, args ...any) {
	a.message = message{fmt.Sprintf(format, args...), warning, time.Now().Add(messageTime)}
	a.changed = true
}

// expire takes the line away when its time is over, and returns how long that is
// from now; 0 means that there is none.
func (m *message) expire(now time.Time) (left time.Duration, gone bool) {
	if m.text == "" {
		return 0, false
	}
	if left = m.until.Sub(now); left > 0 {
		return left, false
	}
	m.text = ""
	return 0, true
}
