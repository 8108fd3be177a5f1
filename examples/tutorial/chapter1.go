package main

import (
	"context"
	"fmt"
	"io"

	"github.com/skep-go/skep/toolkit/engine"
)

// Chapter 1: Establishing Connectivity.
var connectivity = []section{
	{"the engine", theEngine},
}

// theEngine: every program begins with an Engine. It is a pool of sessions and the dialect of a server, made once, of a
// URL; importing package skep is what makes engines know URLs of Hive. It is lazy: nothing is connected until something
// is executed.
//
// The dialect is that of Hive 4. For an older Hive, or Spark, the URL says ?dialect=hive2.3, or skep.Connect asks the
// server.
func theEngine(_ context.Context, _ *engine.Engine, out io.Writer) error {
	e, err := engine.Open("hive://scott:tiger@localhost:10000/default", engine.Config{})
	if err != nil {
		return err
	}
	defer e.Close()
	fmt.Fprintln(out, e.Dialect().Name(), e.DB().Stats().OpenConnections)
	return nil
	// Output:
	// hive 0
}
