package imagefile

// readParts reads which items an item consists of, and which are its alpha, or
// something else that goes with it.
func (h *heifItems) readParts(c cursor) {
	version, _ := c.version()
	idSize := 2
	if version > 0 {
		idSize = 4
	}
	for _, b := range boxes(c) {
		r := cursor(b.data)
		from := r.uint(idSize)
		for n := r.uint(2); n > 0 && len(r) > 0; n-- {
			to := r.uint(idSize)
			switch b.kind {
			case "dimg":
				h.parts[from] = append(h.parts[from], to)
			case "auxl":
				h.parts[to] = append(h.parts[to], from)
			}
		}
	}
}

// cutOff says whether the primary item, or one that goes into it, passes the end of a
// file of that size.
func (h *heifItems) cutOff(size int64) bool {
	seen := map[uint64]bool{h.primary: true}
	for todo := []uint64{h.primary}; len(todo) > 0; {
		id := todo[0]
		todo = todo[1:]
		if h.ends[id] > uint64(size) {
			return true
		}
		for _, part := range h.parts[id] {
			if !seen[part] {
				seen[part] = true
				todo = append(todo, part)
			}
		}
	}
	return false
}

// cutBox says whether the file ends within a box of it that holds pictures. What else
// stands at its end may be of no kind.
func cutBox(w *window) bool {
	for at := int64(0); at < w.size; {
		kind, _, length, ok := boxHeader(w.peek(at, int(min(16, w.size-at))), w.size-at)
		if !ok {
			return kind == "mdat" || kind == "moov"
		}
		at += length
	}
	return false
}
