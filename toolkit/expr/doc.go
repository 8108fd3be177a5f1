// Package expr holds SQL as trees: expressions, queries and statements, put together in Go and checked by Go's compiler.
//
//	q := expr.Select(Flights.Carrier, fn.Count().As("n"), fn.Avg(Flights.DepDelay).As("delay")).
//		Join(Airlines).
//		Where(Flights.Month.Between(6, 8), expr.Or(Flights.Origin.In("JFK", "LGA"), Flights.Dest.IsNull())).
//		GroupBy(Flights.Carrier).Having(fn.Count().Gt(1000)).OrderBy(expr.Desc("delay")).Limit(10)
//
// # Kinds
//
// Every expression is of a [Kind], and has the operators of its kind: an [Int] can be added, a [String] is LIKE
// something. A method takes a value of Go, and the function of the same name takes expressions: Price.Gt("9.99"), but
// Gt(Price, Cost).
//
// # Trees
//
// Trees are data and do not change: what seems to change one gives a changed copy. So they can be shared, kept in
// variables and built on one another, by any number of goroutines. Nothing here knows how SQL is spelled; that is for
// package compile and its dialects. Building a tree gives no errors. What is wrong with one is an error when it is
// compiled, with the place in the tree.
//
// # Other packages
//
// [Node] is open. A dialect adds expressions by [New], sources by [NewSource] and clauses by [SelectStmt.With].
package expr
