dnl Where mail programs send with a login: for /etc/mail/sendmail.mc. M=a: nobody sends without one.
dnl Its mail goes through the same filters.
DAEMON_OPTIONS(`Name=MSA, Port=submission, M=Ea')dnl
