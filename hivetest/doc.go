// Package hivetest starts real HiveServer2 servers for tests and demos, without Docker:
//
//	func TestAnswer(t *testing.T) {
//		s := hivetest.Shared(t, hivetest.Hive401)
//		db, err := sql.Open("hive", s.DSN())
//		...
//	}
//
// It needs a JDK 17 or newer, Maven, and Python with pip for Spark. The first start downloads some hundred megabytes of
// pinned and checked files into $SKEP_CACHE, or else the user's cache folder; later ones take seconds.
//
// A shared server is one for all processes of the user: the first that asks starts it, others find it. Each holds a
// connection to it for as long as it lives; the operating system closes that however the process ends. The server that
// nobody holds ends after some seconds, and removes its data. Its log stays, in the folder log of the cache.
//
// All servers listen on loopback only, on ports of their own. Jobs run in the server's process, tables are local files,
// the metastore is an embedded Derby database. Locks and transactions are off, as is Hive's default; a session that
// wants ACID tables says
//
//	set hive.support.concurrency=true
//	set hive.txn.manager=org.apache.hadoop.hive.ql.lockmgr.DbTxnManager
//
// and, for MERGE with MapReduce, set hive.auto.convert.join=false. Sessions of [Hive401] run queries with Tez, in local
// mode, after set hive.execution.engine=tez: Tez reports progress, but a running task cannot be cancelled. Those of
// [Kerberos] always do; its server is a JVM of its own, with a KDC in it.
//
// Sessions of [Spark35] have tables of Iceberg, whose rows can be changed, if they are opened with the settings
//
//	spark.sql.catalog.spark_catalog=org.apache.iceberg.spark.SparkSessionCatalog
//	spark.sql.catalog.spark_catalog.type=hive
//
// What Hive 4 needs for STORED BY ICEBERG is in no registry: [Hive401] reads such statements, and keeps text.
package hivetest
