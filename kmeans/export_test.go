package kmeans

// RaceEnabled is for the tests of package kmeans_test.
const RaceEnabled = raceEnabled
