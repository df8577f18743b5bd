package tiff

import "fmt"

// unread are compressions that are not read, by the names that people know.
var unread = map[uint64]string{
	2:     "CCITT Huffman",
	6:     "JPEG of before TIFF 6.0's supplement",
	32766: "NeXT",
	32809: "ThunderScan",
	34661: "JBIG",
	34676: "SGILog",
	34677: "SGILog of 24 bits",
	34712: "JPEG 2000",
	34887: "LERC",
	34925: "LZMA",
	50001: "WebP",
	50002: "JPEG XL",
}

// names are those of what is read.
var names = map[uint64]string{
	compressionFax3:     "fax of group 3",
	compressionFax4:     "fax of group 4",
	compressionLZW:      "LZW",
	compressionJPEG:     "JPEG",
	compressionDeflate:  "deflate",
	compressionDeflate2: "deflate",
	compressionPackBits: "PackBits",
	compressionZstd:     "Zstandard",
}

func compressionName(compression uint64) string {
	if name := unread[compression]; name != "" {
		return fmt.Sprintf("compression %d (%s)", compression, name)
	}
	return fmt.Sprintf("compression %d", compression)
}
