package hivereflect

import (
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// Detail is what Hive keeps about a table and other databases do not. It is an attribute of reflected tables and no part
// of their definition: see [DetailOf].
type Detail struct {
	schema.FactBase
	Owner string
	// OwnerKind is USER, GROUP or ROLE, or "" if the server does not tell.
	OwnerKind string
	Created   time.Time
	// External: the files stay when the table is dropped, as whoever made it wanted it. A table that Hive 4 made external
	// of a managed one (TRANSLATED_TO_EXTERNAL) is not.
	External bool
	// Transactional: rows can be inserted in transactions; they can be updated and deleted, too, unless InsertOnly.
	Transactional, InsertOnly bool
	// PartitionColumns are the names of the columns by which the table is partitioned, in their order.
	PartitionColumns []string
	// Unchecked are the columns that are declared NOT NULL and may be NULL all the same, for nobody checks it (DISABLE): all
	// such columns of external tables, in the order of their names. The metastore alone tells them.
	Unchecked []string
	// KeptColumns: the SerDe makes the columns, but the server did not ask it, so they are those that the metastore has kept
	// since the table was made: there may be others now. So it is with each such table of a metastore of Hive 3, unless
	// metastore.storage.schema.reader.impl is org.apache.hadoop.hive.metastore.SerDeStorageSchemaReader; with those of others
	// where they do not have the SerDe's class.
	KeptColumns bool
	// Location is the folder of the table's files, as a URL.
	Location string
	// InputFormat, OutputFormat and SerDe are the classes that read and write the files, and SerDeProperties what they are
	// told.
	InputFormat, OutputFormat, SerDe string
	SerDeProperties                  map[string]string
	// Properties are all that the metastore has, Hive's own accounts among them.
	Properties map[string]string
	// Unread are the columns whose types cannot be read: the type of each is [schema.Null], which a query may select and
	// no CREATE TABLE has.
	Unread []*TypeError
}

// DetailOf finds the [Detail] of a reflected table.
func DetailOf(t *schema.Table) (Detail, bool) {
	for _, a := range t.Attrs() {
		if d, ok := a.(Detail); ok {
			return d, true
		}
	}
	return Detail{}, false
}
