// Package nyc has the tables of the demo, as they are in Hive once it has loaded them. The other file is written by
//
//	go run ./cmd/skep gen -dsn hive://user@host:10000/flights_demo -out examples/flights/nyc/tables.go
//
// and the demo's test says when it is to be written anew.
package nyc
