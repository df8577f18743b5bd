// Package inflate decompresses zlib streams (RFC 1950, RFC 1951) into memory of the
// caller's, about twice as fast as compress/zlib and its like do. Its design follows
// libdeflate's: 64 bits of input in a register, one table lookup for most symbols, which
// may be two literals, and copies by words, all within bounds that are checked once.
package inflate
