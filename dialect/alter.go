package dialect

import (
	"maps"
	"slices"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Alteration begins an ALTER TABLE. See [AlterTable]. Each of its methods is a statement.
type Alteration struct {
	table *schema.Table
	parts []PartitionValue
	view  bool
}

// AlterTable begins a statement that changes a table: AlterTable(flights).AddPartition(Part("day", day)).
func AlterTable(t *schema.Table) Alteration { return Alteration{table: t} }

// AlterView begins a statement that changes a view. Of the methods, SetProperties, UnsetProperties, Rename and As are
// for views.
func AlterView(v *schema.Table) Alteration { return Alteration{table: v, view: true} }

// Partition makes the statement one about a partition.
func (a Alteration) Partition(values ...PartitionValue) Alteration {
	a.parts = slices.Clone(values)
	return a
}

// AlterStmt is an ALTER TABLE or ALTER VIEW.
type AlterStmt struct {
	ddl.Base
	target Alteration
	action action
}

// action is what stands behind ALTER TABLE and the table.
type action struct {
	name  string    // for messages
	since Version   // of Hive
	spark bool      // Spark has it, too
	view  bool      // views have it, too
	whole bool      // it is not of a partition
	query expr.Node // of As
	write func(w *definition, t *schema.Table)
}

func (a Alteration) by(x action) AlterStmt { return AlterStmt{target: a, action: x} }

// Shape implements [expr.Node].
func (s AlterStmt) Shape(shape *expr.Shape) {
	s.Base.Shape(shape)
	shape.Node(s.action.query)
}

func (s AlterStmt) write(w *definition) {
	kind := "TABLE"
	if s.target.view {
		kind = "VIEW"
	}
	construct := "ALTER " + kind + " … " + s.action.name
	w.Within("alter", -1, func() {
		switch {
		case !w.has(s.target.table):
			return
		case s.target.view != s.action.view && (s.target.view || s.action.query != nil):
			w.refuse(construct, "")
		case s.action.whole && len(s.target.parts) > 0:
			w.refuse(construct+" of a partition", "change the table")
		case w.version == Spark35 && !s.action.spark || w.version != Spark35 && w.version < s.action.since:
			w.refuse(construct, "")
		}
		w.Text("ALTER " + kind + " ")
		w.Table(s.target.table)
		w.optionalPartition(s.target.table, s.target.parts)
		w.Text(" ")
		s.action.write(w, s.target.table)
	})
}

// Rename gives a table, a view or, with Partition, a partition another name. Of other it takes the name.
func (a Alteration) Rename(other *schema.Table) AlterStmt {
	return a.by(action{name: "RENAME TO", spark: true, view: a.view, whole: true, write: func(w *definition, _ *schema.Table) {
		w.Text("RENAME TO ")
		w.Table(other)
	}})
}

// RenamePartition gives the partition other values.
func (a Alteration) RenamePartition(values ...PartitionValue) AlterStmt {
	values = slices.Clone(values)
	return a.by(action{name: "RENAME TO PARTITION", spark: true, write: func(w *definition, t *schema.Table) {
		if len(a.parts) == 0 {
			w.Refuse("which partition? AlterTable(t).Partition(…).RenamePartition(…)")
		}
		w.Text("RENAME TO")
		w.partition(t, values)
	}})
}

// As gives a view another query.
func (a Alteration) As(q expr.Query) AlterStmt {
	return a.by(action{name: "AS", spark: true, view: true, whole: true, query: q, write: func(w *definition, _ *schema.Table) {
		w.Text("AS ")
		w.Part(q)
	}})
}

// SetProperties sets properties of a table or a view.
func (a Alteration) SetProperties(properties map[string]string) AlterStmt {
	properties = maps.Clone(properties)
	return a.by(action{name: "SET TBLPROPERTIES", spark: true, view: a.view, whole: true, write: func(w *definition, _ *schema.Table) {
		w.someProperties(properties)
		w.properties("SET TBLPROPERTIES ", properties)
	}})
}

// UnsetProperties takes properties away, whether they are there or not.
func (a Alteration) UnsetProperties(keys ...string) AlterStmt {
	keys = slices.Clone(keys)
	return a.by(action{name: "UNSET TBLPROPERTIES", spark: true, view: a.view, whole: true, write: func(w *definition, _ *schema.Table) {
		w.Text("UNSET TBLPROPERTIES IF EXISTS ")
		w.keys(keys)
	}})
}

// SetLocation says where the files are from now on. They are not moved.
func (a Alteration) SetLocation(path string) AlterStmt {
	return a.by(action{name: "SET LOCATION", spark: true, write: func(w *definition, _ *schema.Table) {
		w.Text("SET LOCATION ")
		w.constant(path)
	}})
}

// SetFileFormat says what files are written from now on: StoredAs("ORC"), or StoredAsClasses.
func (a Alteration) SetFileFormat(s Storage) AlterStmt {
	return a.by(action{name: "SET FILEFORMAT", write: func(w *definition, _ *schema.Table) {
		w.Text("SET FILEFORMAT ")
		w.format(s)
	}})
}

// SetSerDe names the class that reads and writes the rows.
func (a Alteration) SetSerDe(s RowSerDe) AlterStmt {
	return a.by(action{name: "SET SERDE", spark: true, write: func(w *definition, _ *schema.Table) {
		w.Text("SET")
		w.serde(s)
	}})
}

// SetSerDeProperties sets what the class that reads and writes the rows is told.
func (a Alteration) SetSerDeProperties(properties map[string]string) AlterStmt {
	properties = maps.Clone(properties)
	return a.by(action{name: "SET SERDEPROPERTIES", spark: true, write: func(w *definition, _ *schema.Table) {
		w.someProperties(properties)
		w.properties("SET SERDEPROPERTIES ", properties)
	}})
}

// UnsetSerDeProperties takes away what the class that reads and writes the rows is told.
func (a Alteration) UnsetSerDeProperties(keys ...string) AlterStmt {
	keys = slices.Clone(keys)
	return a.by(action{name: "UNSET SERDEPROPERTIES", since: Hive40, write: func(w *definition, _ *schema.Table) {
		w.Text("UNSET SERDEPROPERTIES ")
		w.keys(keys)
	}})
}

// SetOwner gives a table to a user.
func (a Alteration) SetOwner(user string) AlterStmt {
	return a.by(action{name: "SET OWNER", since: Hive31, whole: true, write: func(w *definition, _ *schema.Table) {
		w.Text("SET OWNER USER ")
		w.Ident(user)
	}})
}

// Touch makes Hive see the table, or the partition, as read anew, so that hooks run.
func (a Alteration) Touch() AlterStmt {
	return a.Partition().by(action{name: "TOUCH", write: func(w *definition, t *schema.Table) {
		w.Text("TOUCH")
		w.optionalPartition(t, a.parts)
	}})
}

// Archive puts the files of the partition into an archive, if the server is set up for it.
func (a Alteration) Archive() AlterStmt { return a.archive("ARCHIVE") }

// Unarchive takes the files of the partition out of their archive.
func (a Alteration) Unarchive() AlterStmt { return a.archive("UNARCHIVE") }

func (a Alteration) archive(word string) AlterStmt {
	return a.Partition().by(action{name: word, write: func(w *definition, t *schema.Table) {
		w.Text(word)
		w.partition(t, a.parts)
	}})
}

// Concatenate makes fewer files of many small ones.
func (a Alteration) Concatenate() AlterStmt {
	return a.by(action{name: "CONCATENATE", write: func(w *definition, _ *schema.Table) { w.Text("CONCATENATE") }})
}

// Compaction is how the files of a transactional table are made fewer.
type Compaction string

// The compactions.
const (
	Major Compaction = "major" // all into one
	Minor Compaction = "minor" // those of changes into one
)

// Compact asks for a compaction of a transactional table.
func (a Alteration) Compact(c Compaction) AlterStmt { return a.compact(c, "") }

// CompactAndWait is Compact that ends with the compaction.
func (a Alteration) CompactAndWait(c Compaction) AlterStmt { return a.compact(c, " AND WAIT") }

func (a Alteration) compact(c Compaction, wait string) AlterStmt {
	return a.by(action{name: "COMPACT", write: func(w *definition, _ *schema.Table) {
		w.Text("COMPACT ")
		w.constant(string(c))
		w.Text(wait)
	}})
}

func (w *definition) someProperties(m map[string]string) {
	if len(m) == 0 {
		w.Refuse("there are no properties")
	}
}

// keys writes names of properties.
func (w *definition) keys(keys []string) {
	if len(keys) == 0 {
		w.Refuse("there are no properties")
	}
	w.Text("(")
	for i, key := range keys {
		w.comma(i)
		w.constant(key)
	}
	w.Text(")")
}
