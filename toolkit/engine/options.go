// Package engine runs statements and gives their results.
package engine

// Options say how statements run and results are read. The zero value of a field means that nothing is said.
type Options struct {
	FetchSize int  // rows that are read at a time where no number is given
	YieldPer  int  // likewise; it comes before FetchSize
	RawNames  bool // columns have the names that the server gives them, with those of their tables
}
