package imagefile

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// A chunkWriter writes the chunks of a PNG file. After the first error it
// writes nothing more.
type chunkWriter struct {
	w   io.Writer
	err error
}

func (c *chunkWriter) write(p []byte) {
	if c.err == nil {
		_, c.err = c.w.Write(p)
	}
}

func (c *chunkWriter) writeString(s string) { c.write([]byte(s)) }

func (c *chunkWriter) writeChunk(kind string, data []byte) {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	head = append(head, kind...)
	sum := crc32.ChecksumIEEE(head[4:])
	sum = crc32.Update(sum, crc32.IEEETable, data)
	c.write(head)
	c.write(data)
	c.write(binary.BigEndian.AppendUint32(nil, sum))
}
