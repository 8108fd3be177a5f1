package integration
import ("testing";"database/sql"
"github.com/skep-go/skep/hivetest"
"github.com/skep-go/skep/toolkit/schema"
)
func serverInspector(t testing.TB, srv *hivetest.Server, db *sql.DB) schema.Inspector { return metastoreOf(t, srv) }
func metastoreInspector(t testing.TB, srv *hivetest.Server) schema.Inspector { return metastoreOf(t, srv) }
