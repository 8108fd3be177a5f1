package engine

import (
	"io"

	"github.com/skep-go/skep/toolkit/compile"
)

// Mock makes an engine that sends nothing: it writes each statement with its values into w, with a semicolon and a new
// line behind it. Its results have no rows.
func Mock(d compile.Dialect, w io.Writer) *Engine {
	return &Engine{pool: &pool{dialect: d, cache: compile.NewCache(d, 0), script: w}}
}
