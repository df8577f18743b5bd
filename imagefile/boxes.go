package imagefile

import "encoding/binary"

// A box is a part of an ISO base media file (ISO/IEC 14496-12), in which HEIC and AVIF
// have their pictures.
type box struct {
	kind string
	data []byte
}

// boxHeader reads the length and kind of a box, whose header has n bytes. A length of
// 0 stands for all that is left.
func boxHeader(b []byte, left int64) (kind string, n, length int64, ok bool) {
	if len(b) < 8 {
		return "", 0, 0, false
	}
	n, length = 8, int64(binary.BigEndian.Uint32(b))
	switch length {
	case 0:
		length = left
	case 1:
		if len(b) < 16 {
			return "", 0, 0, false
		}
		n, length = 16, int64(min(binary.BigEndian.Uint64(b[8:]), 1<<62))
	}
	return string(b[4:8]), n, length, length >= n && length <= left
}

// boxes cuts data into boxes, up to what is none.
func boxes(data []byte) (list []box) {
	for len(data) > 0 {
		kind, n, length, ok := boxHeader(data, int64(len(data)))
		if !ok {
			break
		}
		list = append(list, box{kind, data[n:length]})
		data = data[length:]
	}
	return list
}

// find returns what is in the first box of a kind, nil if there is none.
func find(list []box, kind string) []byte {
	for _, b := range list {
		if b.kind == kind {
			return b.data
		}
	}
	return nil
}

// A cursor reads numbers from a box. At its end it reads zeros.
type cursor []byte

// uint reads a number of n bytes.
func (c *cursor) uint(n int) (v uint64) {
	if len(*c) < n {
		*c = nil
		return 0
	}
	for _, b := range (*c)[:n] {
		v = v<<8 | uint64(b)
	}
	*c = (*c)[n:]
	return v
}

func (c *cursor) skip(n int) { *c = (*c)[min(n, len(*c)):] }

// version reads the version and flags that some boxes begin with.
func (c *cursor) version() (version byte, flags uint32) {
	v := c.uint(4)
	return byte(v >> 24), uint32(v & 0xffffff)
}
