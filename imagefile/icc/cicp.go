package icc

// cicpPrimaries are the color primaries that ITU-T H.273 gives numbers to.
var cicpPrimaries = map[uint8]Primaries{
	1:  SRGBPrimaries,
	4:  {White: [2]float64{0.310, 0.316}, Red: [2]float64{0.67, 0.33}, Green: [2]float64{0.21, 0.71}, Blue: [2]float64{0.14, 0.08}},
	5:  {White: SRGBPrimaries.White, Red: [2]float64{0.64, 0.33}, Green: [2]float64{0.29, 0.60}, Blue: [2]float64{0.15, 0.06}},
	6:  {White: SRGBPrimaries.White, Red: [2]float64{0.630, 0.340}, Green: [2]float64{0.310, 0.595}, Blue: [2]float64{0.155, 0.070}},
	7:  {White: SRGBPrimaries.White, Red: [2]float64{0.630, 0.340}, Green: [2]float64{0.310, 0.595}, Blue: [2]float64{0.155, 0.070}},
	9:  {White: SRGBPrimaries.White, Red: [2]float64{0.708, 0.292}, Green: [2]float64{0.170, 0.797}, Blue: [2]float64{0.131, 0.046}},
	11: {White: [2]float64{0.314, 0.351}, Red: [2]float64{0.680, 0.320}, Green: [2]float64{0.265, 0.690}, Blue: [2]float64{0.150, 0.060}},
	12: {White: SRGBPrimaries.White, Red: [2]float64{0.680, 0.320}, Green: [2]float64{0.265, 0.690}, Blue: [2]float64{0.150, 0.060}},
}

var cicpNames = map[uint8]string{1: "BT.709", 9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}

// CICP returns the space of numbers of ITU-T H.273: that of primaries and that of the
// transfer from light to numbers. 2, not specified, stands for that of sRGB. So do the
// transfers of cameras, such as BT.709's: they are made for screens whose tone curve
// is nearly that of sRGB, not its inverse.
//
// The error, for a picture of high dynamic range among others, wraps [ErrUnsupported].
func CICP(primaries, transfer uint8) (*Profile, error) {
	if primaries == 2 {
		primaries = 1
	}
	chromaticities, ok := cicpPrimaries[primaries]
	if !ok {
		return nil, unsupported("primaries %d of H.273", primaries)
	}
	var gamma float64
	switch transfer {
	case 1, 2, 6, 13, 14, 15:
	case 4:
		gamma = 2.2
	case 5:
		gamma = 2.8
	case 8:
		gamma = 1
	case 16, 18:
		return nil, unsupported("high dynamic range, transfer %d of H.273", transfer)
	default:
		return nil, unsupported("transfer %d of H.273", transfer)
	}
	p, err := Calibrated(chromaticities, gamma)
	if err == nil {
		p.Name = cicpNames[primaries]
	}
	return p, err
}
