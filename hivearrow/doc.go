// Package hivearrow gives the results of package hive as Apache Arrow records.
//
//	rows, err := session.Query(ctx, "select name, price from goods", hive.Options{})
//	defer rows.Close(ctx)
//	reader, err := hivearrow.NewReader(ctx, rows, hivearrow.Options{})
//	defer reader.Release()
//	for reader.Next() {
//		record := reader.RecordBatch()
//	}
//	err = reader.Err() // nil says that the result is complete
//
// [NewResultReader] does the same for the result of an engine.
//
// A [Reader] makes one record of each batch that the server sends; a [Converter] makes one of any [hive.Batch]. Integers
// and doubles are not copied, texts once. What Arrow type each Hive type has is told at [Schema].
//
// HiveServer2 does not say what an ARRAY, MAP, STRUCT or UNIONTYPE is made of. Such a column is a nested Arrow type if
// [Options.Types] says it, and otherwise utf8, the text that the server sent; the metadata of its field tells which.
package hivearrow
