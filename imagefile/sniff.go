package imagefile

// SniffLen is how many of a file's first bytes Sniff needs.
const SniffLen = sniffLen

// Sniff returns the name of the format of a file that begins with head, as in
// [File], or "" if it is none that Decode reads.
func Sniff(head []byte) string {
	if f := sniff(head); f != nil {
		return f.name
	}
	return ""
}
