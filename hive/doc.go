// Package hive is a client of HiveServer2: Hive 2.3 to 4.x, Spark Thrift Server and Kyuubi.
//
//	cfg, err := hive.ParseDSN("hive://user@host:10000/default")
//	session, err := hive.Connect(ctx, cfg)
//	defer session.Close(ctx)
//
//	rows, err := session.Query(ctx, "select name, price from goods", hive.Options{})
//	defer rows.Close(ctx)
//	for batch, err := range rows.Batches(ctx) {
//		names, err := hive.Values[string](batch, 0)
//		prices, err := hive.Values[hive.Decimal](batch, 1)
//		nulls, err := batch.Nulls(1)
//		for row := range batch.Len() {
//			…
//		}
//	}
//
// A [Session] is one connection and one session on the server. [Session.Query] and [Session.Exec] run a statement to its
// end; [Session.Execute] gives the [Operation] in between, with its progress, log, query id and cancellation. [Rows] are
// read in batches of columns.
//
// Every call takes a context and obeys it within milliseconds, in every phase of a statement: the caller returns, and the
// statement is cancelled on the server over a second connection.
//
// Most programs will want package driver instead, which is this one behind database/sql.
package hive
