package quantize

// RaceEnabled is for the tests of package quantize_test.
const RaceEnabled = raceEnabled
