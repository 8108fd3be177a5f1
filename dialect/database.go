package dialect

import (
	"maps"

	"github.com/skep-go/skep/toolkit/ddl"
)

// DatabaseStmt makes a database. See [CreateDatabase].
type DatabaseStmt struct {
	ddl.Base
	name, comment, location, managed string
	properties                       map[string]string
	lenient                          bool
}

// CreateDatabase makes a database, which is what Hive calls a schema, with more than ddl.CreateSchema can say.
func CreateDatabase(name string) DatabaseStmt { return DatabaseStmt{name: name} }

// IfNotExists does nothing if there is such a database.
func (s DatabaseStmt) IfNotExists() DatabaseStmt { s.lenient = true; return s }

// Comment describes the database.
func (s DatabaseStmt) Comment(text string) DatabaseStmt { s.comment = text; return s }

// Location says where the files of the tables lie; from Hive 4 on, of those that are external.
func (s DatabaseStmt) Location(path string) DatabaseStmt { s.location = path; return s }

// ManagedLocation says where the files of tables lie that are not external.
func (s DatabaseStmt) ManagedLocation(path string) DatabaseStmt { s.managed = path; return s }

// Properties are properties of the database.
func (s DatabaseStmt) Properties(p map[string]string) DatabaseStmt {
	s.properties = maps.Clone(p)
	return s
}

func (s DatabaseStmt) write(w *definition) {
	w.words("CREATE DATABASE", when(s.lenient, "IF NOT EXISTS"))
	w.Ident(s.name)
	w.optional(" COMMENT ", s.comment)
	w.optional(" LOCATION ", s.location)
	if s.managed != "" && w.hiveOnly(Hive40, "MANAGEDLOCATION", "use Location") {
		w.optional(" MANAGEDLOCATION ", s.managed)
	}
	if len(s.properties) > 0 {
		w.properties(" WITH DBPROPERTIES ", s.properties)
	}
}

// DatabaseAlteration begins a statement that changes a database. See [AlterDatabase].
type DatabaseAlteration struct{ name string }

// AlterDatabase begins a statement that changes a database.
func AlterDatabase(name string) DatabaseAlteration { return DatabaseAlteration{name} }

// SetProperties sets properties of the database.
func (a DatabaseAlteration) SetProperties(properties map[string]string) ddl.Statement {
	properties = maps.Clone(properties)
	return phrase{text: func(w *definition) {
		a.begin(w)
		w.someProperties(properties)
		w.properties("DBPROPERTIES ", properties)
	}}
}

// SetOwner gives the database to a user.
func (a DatabaseAlteration) SetOwner(user string) ddl.Statement {
	return phrase{text: func(w *definition) {
		w.hiveOnly(Hive23, "ALTER DATABASE … SET OWNER", "")
		a.begin(w)
		w.Text("OWNER USER ")
		w.Ident(user)
	}}
}

// SetLocation says where the files of new tables lie.
func (a DatabaseAlteration) SetLocation(path string) ddl.Statement {
	return phrase{text: func(w *definition) {
		w.hiveOnly(Hive31, "ALTER DATABASE … SET LOCATION", "give the tables a Location")
		a.begin(w)
		w.Text("LOCATION ")
		w.constant(path)
	}}
}

func (a DatabaseAlteration) begin(w *definition) {
	w.Text("ALTER DATABASE ")
	w.Ident(a.name)
	w.Text(" SET ")
}

// Use makes a database the one of names without a database, for the rest of the session.
func Use(database string) ddl.Statement {
	return phrase{text: func(w *definition) {
		w.Text("USE ")
		w.Ident(database)
	}}
}
