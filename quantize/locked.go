package quantize

import (
	"fmt"
	"slices"
)

// locked returns the locked colours, rising, each once.
func (o Options) locked() []Key {
	keys := make([]Key, len(o.Locked))
	for i, c := range o.Locked {
		keys[i] = keyOf(c)
	}
	return unique(keys)
}

func (o Options) checkLocked() error {
	if n := len(o.locked()); n > o.Colors {
		return fmt.Errorf("quantize: got %d locked colors, want at most the %d of the palette", n, o.Colors)
	}
	return nil
}

// few returns the palette in which every colour is as near itself as it can be, with
// those that are locked, and false if it is too large.
func (s *Session) few(o Options, locked []Key) (entries []Key, ok bool) {
	if len(locked) == 0 && o.Posterize == 0 { // for what is nearly always so
		if s.counts.Distinct() > o.Colors {
			return nil, false
		}
		return slices.Clone(s.counts.keys), true
	}
	seen := make(map[Key]bool, o.Colors+1)
	for _, k := range locked {
		seen[k] = true
	}
	for _, k := range s.counts.keys {
		if seen[posterize(k, o.Posterize)] = true; len(seen) > o.Colors {
			return nil, false
		}
	}
	entries = slices.Clone(locked)
	for k := range seen {
		entries = append(entries, k)
	}
	return unique(entries), true
}
