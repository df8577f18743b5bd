// Package imagefile reads and writes image files: decoding with limits,
// indexed PNG encoding, and atomic writes.
//
// Nothing in a file is trusted. Its type comes from its first bytes, never
// from its name, and the size it declares is checked against the limit and
// against its own length before the picture is allocated.
package imagefile
