// Package hivereflect reads what tables Hive has: from the metastore ([Metastore]), or from HiveServer2 itself
// ([HiveServer]) where the metastore cannot be reached. Both are a [schema.Inspector] and tell the same.
//
// What every database knows of a table is in [schema.TableInfo]; how it is laid out is told by the attributes of package
// dialect, so that what was read can be created elsewhere; and the rest, such as its owner and its location, by [Detail].
package hivereflect
