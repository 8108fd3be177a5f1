// Package engine executes what package compile compiles, by way of [database/sql], and gives results.
//
// An [Engine] is a pool of sessions and a dialect. It is made once, and is safe for concurrent use. A [Conn] is one
// session of it, a [Tx] a scope on one. All three execute statements by the methods Query and Exec. How they do it is
// said by [Options], in one place or at several: those of the engine, of the connection, of the statement and of the
// call, of which the last word counts.
//
// The package knows no server and no driver. Whatever differs between them is asked of the dialect, or comes with the
// URL by [Register].
package engine
