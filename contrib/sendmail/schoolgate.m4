dnl schoolgate in Sendmail: these lines belong into /etc/mail/sendmail.mc, before the first MAILER
dnl line, or into a file of their own that is included there. See README.md beside this file.
dnl
dnl F=T: while schoolgate is not there, clients are asked to come back later. With neither F=T nor F=R
dnl Sendmail lets mail pass unread. T: how long to wait until it can be reached (C), takes what it is
dnl sent (S), says anything (R), and has judged a whole message (E). R must be more than judging one
dnl message takes, E more than that and the four minutes for which schoolgate lets a message wait for its
dnl turn. The socket must not lie below a folder that everybody may write to.
dnl Filters are asked in the order of their lines: schoolgate ahead of one that signs (opendkim.m4), as
dnl it may change header fields.
INPUT_MAIL_FILTER(`schoolgate', `S=local:/run/schoolgate/milter.sock, F=T, T=C:30s;S:30s;R:2m;E:5m')dnl
dnl
dnl An address such as jo%home.example@kingsmead.example or home.example!jo@kingsmead.example must not
dnl be turned into another behind schoolgate's back: it judges the address as it stands.
FEATURE(`nopercenthack', `nospecial')dnl
FEATURE(`nouucp', `nospecial')dnl
