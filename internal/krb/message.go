package krb

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// The messages of RFC 4120, section 5, as far as a client needs them. gokrb5 has them too, in a package that brings
// modules along which nothing here is for, one of them under a license that this module does not link. A ticket is
// for its service to read, and stays bytes.

// request is a KDC-REQ.
type request struct {
	PVNO    int                  `asn1:"explicit,tag:1"`
	MsgType int                  `asn1:"explicit,tag:2"`
	PAData  types.PADataSequence `asn1:"explicit,optional,tag:3"`
	Body    asn1.RawValue        `asn1:"explicit,tag:4"`
}

type requestBody struct {
	Options asn1.BitString      `asn1:"explicit,tag:0"`
	CName   types.PrincipalName `asn1:"explicit,optional,tag:1"`
	Realm   string              `asn1:"generalstring,explicit,tag:2"`
	SName   types.PrincipalName `asn1:"explicit,optional,tag:3"`
	Till    time.Time           `asn1:"generalized,explicit,tag:5"`
	RTime   time.Time           `asn1:"generalized,explicit,optional,tag:6"`
	Nonce   int                 `asn1:"explicit,tag:7"`
	EType   []int32             `asn1:"explicit,tag:8"`
}

// newRequest returns what the requests for all tickets have in common.
func (c *conf) newRequest(client types.PrincipalName, service principal, etypes []int32, now time.Time) (requestBody, error) {
	nonce, err := rand.Int(rand.Reader, big.NewInt(math.MaxInt32))
	if err != nil {
		return requestBody{}, err
	}
	now = now.UTC().Truncate(time.Second)
	b := requestBody{
		Options: types.NewKrbFlags(), CName: client, Realm: service.realm, SName: service.name,
		Till: now.Add(c.LibDefaults.TicketLifetime), Nonce: int(nonce.Int64()), EType: etypes,
	}
	for flag, wanted := range map[int]bool{
		flags.Forwardable: c.LibDefaults.Forwardable, flags.Proxiable: c.LibDefaults.Proxiable,
		flags.Canonicalize: c.LibDefaults.Canonicalize, flags.Renewable: c.LibDefaults.RenewLifetime > 0,
	} {
		if wanted {
			types.SetFlag(&b.Options, flag)
		}
	}
	if c.LibDefaults.RenewLifetime > 0 {
		b.RTime = now.Add(c.LibDefaults.RenewLifetime)
	}
	return b, nil
}

// encodeRequest makes an AS-REQ or TGS-REQ of an encoded body.
func encodeRequest(kind int, data types.PADataSequence, body []byte) ([]byte, error) {
	tag := asnAppTag.ASREQ
	if kind == msgtype.KRB_TGS_REQ {
		tag = asnAppTag.TGSREQ
	}
	return encode(tag, request{PVNO: iana.PVNO, MsgType: kind, PAData: data, Body: within(4, body)})
}

// encode writes a message, whose application's tag asn1 cannot write by itself.
func encode(tag int, message any) ([]byte, error) {
	b, err := asn1.Marshal(message)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(asn1.RawValue{Class: asn1.ClassApplication, IsCompound: true, Tag: tag, Bytes: b})
}

// within puts an encoded value into a field.
func within(tag int, b []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Tag: tag, Bytes: b}
}

// decode reads a message.
func decode(b []byte, tag int, message any) error {
	err := guard(func() error {
		rest, err := asn1.UnmarshalWithParams(b, message, fmt.Sprintf("application,explicit,tag:%d", tag))
		if err == nil && len(rest) > 0 {
			err = errors.New("there is more behind it")
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("not the Kerberos message that is due: %w", err)
	}
	return nil
}

// reply is a KDC-REP.
type reply struct {
	PVNO    int                  `asn1:"explicit,tag:0"`
	MsgType int                  `asn1:"explicit,tag:1"`
	PAData  types.PADataSequence `asn1:"explicit,optional,tag:2"`
	CRealm  string               `asn1:"generalstring,explicit,tag:3"`
	CName   types.PrincipalName  `asn1:"explicit,tag:4"`
	Ticket  asn1.RawValue        `asn1:"explicit,tag:5"`
	EncPart types.EncryptedData  `asn1:"explicit,tag:6"`
}

// replyPart is an EncKDCRepPart: what the client learns of its ticket.
type replyPart struct {
	Key           types.EncryptionKey `asn1:"explicit,tag:0"`
	LastReqs      []lastRequest       `asn1:"explicit,tag:1"`
	Nonce         int                 `asn1:"explicit,tag:2"`
	KeyExpiration time.Time           `asn1:"generalized,explicit,optional,tag:3"`
	Flags         asn1.BitString      `asn1:"explicit,tag:4"`
	AuthTime      time.Time           `asn1:"generalized,explicit,tag:5"`
	StartTime     time.Time           `asn1:"generalized,explicit,optional,tag:6"`
	EndTime       time.Time           `asn1:"generalized,explicit,tag:7"`
	RenewTill     time.Time           `asn1:"generalized,explicit,optional,tag:8"`
	SRealm        string              `asn1:"generalstring,explicit,tag:9"`
	SName         types.PrincipalName `asn1:"explicit,tag:10"`
	CAddr         []types.HostAddress `asn1:"explicit,optional,tag:11"`
	PAData        []types.PAData      `asn1:"explicit,optional,tag:12"`
}

type lastRequest struct {
	Type  int32     `asn1:"explicit,tag:0"`
	Value time.Time `asn1:"generalized,explicit,tag:1"`
}

// decodePart reads an EncASRepPart or EncTGSRepPart: there are KDCs that write one for the other.
func decodePart(b []byte) (part replyPart, err error) {
	if err = decode(b, asnAppTag.EncASRepPart, &part); err != nil {
		part = replyPart{}
		err = decode(b, asnAppTag.EncTGSRepPart, &part)
	}
	return part, err
}

// showing is an AP-REQ: a ticket, with the proof that it is the client's own.
type showing struct {
	PVNO          int                 `asn1:"explicit,tag:0"`
	MsgType       int                 `asn1:"explicit,tag:1"`
	Options       asn1.BitString      `asn1:"explicit,tag:2"`
	Ticket        asn1.RawValue       `asn1:"explicit,tag:3"`
	Authenticator types.EncryptedData `asn1:"explicit,tag:4"`
}

// answer is an AP-REP: the proof that the service could read the ticket.
type answer struct {
	PVNO    int                 `asn1:"explicit,tag:0"`
	MsgType int                 `asn1:"explicit,tag:1"`
	EncPart types.EncryptedData `asn1:"explicit,tag:2"`
}

type answerPart struct {
	CTime          time.Time           `asn1:"generalized,explicit,tag:0"`
	Cusec          int                 `asn1:"explicit,tag:1"`
	Subkey         types.EncryptionKey `asn1:"optional,explicit,tag:2"`
	SequenceNumber int64               `asn1:"optional,explicit,tag:3"`
}

// refusal is a KRB-ERROR.
type refusal struct {
	PVNO      int                 `asn1:"explicit,tag:0"`
	MsgType   int                 `asn1:"explicit,tag:1"`
	CTime     time.Time           `asn1:"generalized,optional,explicit,tag:2"`
	Cusec     int                 `asn1:"optional,explicit,tag:3"`
	STime     time.Time           `asn1:"generalized,explicit,tag:4"`
	Susec     int                 `asn1:"explicit,tag:5"`
	ErrorCode int32               `asn1:"explicit,tag:6"`
	CRealm    string              `asn1:"generalstring,optional,explicit,tag:7"`
	CName     types.PrincipalName `asn1:"optional,explicit,tag:8"`
	Realm     string              `asn1:"generalstring,explicit,tag:9"`
	SName     types.PrincipalName `asn1:"explicit,tag:10"`
	EText     string              `asn1:"generalstring,optional,explicit,tag:11"`
	EData     []byte              `asn1:"optional,explicit,tag:12"`
}
