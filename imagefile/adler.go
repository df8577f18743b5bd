package imagefile

// adlerCombine returns the Adler-32 of a text that has sum a followed by one
// of n bytes that has sum b.
//
// With the bytes d1 ... dn the two halves of a sum, modulo 65521, are
//
//	s1 = 1 + d1 + ... + dn
//	s2 = n*1 + n*d1 + (n-1)*d2 + ... + 1*dn
//
// so each byte of the first text counts n more times in s2.
func adlerCombine(a, b uint32, n int) uint32 {
	const mod = 65521
	a1, a2 := a&0xffff, a>>16
	b1, b2 := b&0xffff, b>>16
	// Both s1 have the 1 at the start: one of them goes.
	before := (a1 + mod - 1) % mod
	s1 := (before + b1) % mod
	s2 := (a2 + b2 + uint32(uint64(n)%mod*uint64(before)%mod)) % mod
	return s2<<16 | s1
}
